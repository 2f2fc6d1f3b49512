/**
 * What a request does with messages: `send` hands one to the broker, `pull` asks the broker for some, `push` is the broker
 * handing one to a consumer (the consumer is then who is asked), `settle` says what became of one.
 */
export type MessagingOperation = 'send' | 'pull' | 'push' | 'settle';

/** Operations by messaging system, in lower case. What is in none (connecting, subscribing, administration) does none. */
const operations: Record<string, Record<MessagingOperation, string>> = {
  kafka: { send: 'produce', pull: 'fetch', push: '', settle: 'offsetcommit txnoffsetcommit' },
  rabbitmq: {
    send: 'basic.publish',
    pull: 'basic.get',
    push: 'basic.deliver',
    settle: 'basic.ack basic.nack basic.reject',
  },
  rocketmq: {
    send: 'send_message send_message_v2 send_batch_message send_reply_message send_reply_message_v2',
    pull: 'pull_message lite_pull_message pop_message',
    push: 'push_reply_message_to_client',
    settle: 'ack_message ack_message_batch consumer_send_msg_back update_consumer_offset',
  },
  pulsar: { send: 'send', pull: '', push: 'message', settle: 'ack redeliver_unacknowledged_messages' },
  activemq: {
    send: 'message bytesmessage mapmessage objectmessage streammessage textmessage blobmessage',
    pull: 'messagepull',
    push: 'messagedispatch',
    settle: 'messageack',
  },
  // PUBLISH from the broker is marked by the parser.
  mqtt: { send: 'publish', pull: '', push: '', settle: 'puback' },
  nats: { send: 'pub hpub', pull: '', push: 'msg hmsg', settle: '' },
  zmtp: { send: 'pub xpub push', pull: '', push: '', settle: '' },
};

const byName = new Map(
  Object.entries(operations).flatMap(([system, names]) =>
    Object.entries(names).flatMap(([operation, list]) =>
      list.split(' ').map((name) => [`${system} ${name}`, operation as MessagingOperation] as const),
    ),
  ),
);

/**
 * What a request of this name, in lower case, does in a messaging system. `type` is `messaging.operation.type` where the
 * parser saw more than the name: MQTT's PUBLISH goes both ways.
 */
export function messagingOperation(system: string, name: string, type: unknown): MessagingOperation | undefined {
  const operation = byName.get(`${system} ${name}`);
  return operation === 'send' && type === 'receive' ? 'push' : operation;
}

/** Values of `messaging.operation.type`. */
export const operationTypes = { send: 'send', pull: 'receive', push: 'receive', settle: 'settle' } as const;
