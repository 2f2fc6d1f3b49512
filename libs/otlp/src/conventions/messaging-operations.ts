/** What an operation does with messages, of the values of `messaging.operation.type`. */
export type MessagingOperationType = 'send' | 'receive' | 'settle';

/** Operations by messaging system, in lower case. What is in none (connecting, subscribing, administration) has no type. */
const operations: Record<string, Record<MessagingOperationType, string>> = {
  kafka: { send: 'produce', receive: 'fetch', settle: 'offsetcommit txnoffsetcommit' },
  rabbitmq: {
    send: 'basic.publish transfer',
    receive: 'basic.get basic.deliver',
    settle: 'basic.ack basic.nack basic.reject',
  },
  rocketmq: {
    send: 'send_message send_message_v2 send_batch_message send_reply_message send_reply_message_v2',
    receive: 'pull_message lite_pull_message pop_message push_reply_message_to_client',
    settle: 'ack_message ack_message_batch consumer_send_msg_back update_consumer_offset',
  },
  pulsar: { send: 'send', receive: 'message', settle: 'ack redeliver_unacknowledged_messages' },
  activemq: {
    send: 'message bytesmessage mapmessage objectmessage streammessage textmessage blobmessage',
    receive: 'messagedispatch messagepull',
    settle: 'messageack',
  },
  mqtt: { send: 'publish', receive: '', settle: 'puback' },
  nats: { send: 'pub hpub', receive: 'msg hmsg', settle: '' },
  zmtp: { send: 'pub xpub push', receive: '', settle: '' },
};

const types = new Map(
  Object.entries(operations).flatMap(([system, byType]) =>
    Object.entries(byType).flatMap(([type, names]) =>
      names.split(' ').map((name) => [`${system} ${name}`, type as MessagingOperationType] as const),
    ),
  ),
);

/** The type of an operation, whose name is in lower case, of a messaging system. */
export function messagingOperationType(system: string, operation: string): MessagingOperationType | undefined {
  return types.get(`${system} ${operation}`);
}
