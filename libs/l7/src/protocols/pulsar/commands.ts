/** What a command is to the exchange, and where its ids stand (PulsarApi.proto, message BaseCommand). */
export interface CommandKind {
  readonly name: string;
  readonly role: 'request' | 'response' | 'oneWay';
  /** Field of request_id, or of sequence_id where requests are told apart by producer and sequence. */
  readonly id?: number;
  readonly sequence?: number;
  /** Field of producer_id or consumer_id. */
  readonly peer?: number;
  readonly topic?: number;
  readonly subscription?: number;
  /** Field of an error's number and text. */
  readonly error?: number;
  readonly message?: number;
}

const kinds: Record<number, CommandKind> = {
  2: { name: 'CONNECT', role: 'request' },
  3: { name: 'CONNECTED', role: 'response' },
  4: { name: 'SUBSCRIBE', role: 'request', topic: 1, subscription: 2, peer: 4, id: 5 },
  5: { name: 'PRODUCER', role: 'request', topic: 1, peer: 2, id: 3 },
  6: { name: 'SEND', role: 'request', peer: 1, sequence: 2 },
  7: { name: 'SEND_RECEIPT', role: 'response', peer: 1, sequence: 2 },
  8: { name: 'SEND_ERROR', role: 'response', peer: 1, sequence: 2, error: 3, message: 4 },
  9: { name: 'MESSAGE', role: 'oneWay', peer: 1 },
  10: { name: 'ACK', role: 'oneWay', peer: 1, id: 6 },
  11: { name: 'FLOW', role: 'oneWay', peer: 1 },
  12: { name: 'UNSUBSCRIBE', role: 'request', peer: 1, id: 2 },
  13: { name: 'SUCCESS', role: 'response', id: 1 },
  14: { name: 'ERROR', role: 'response', id: 1, error: 2, message: 3 },
  15: { name: 'CLOSE_PRODUCER', role: 'request', peer: 1, id: 2 },
  16: { name: 'CLOSE_CONSUMER', role: 'request', peer: 1, id: 2 },
  17: { name: 'PRODUCER_SUCCESS', role: 'response', id: 1 },
  18: { name: 'PING', role: 'request' },
  19: { name: 'PONG', role: 'response' },
  20: { name: 'REDELIVER_UNACKNOWLEDGED_MESSAGES', role: 'oneWay', peer: 1 },
  21: { name: 'PARTITIONED_METADATA', role: 'request', topic: 1, id: 2 },
  22: { name: 'PARTITIONED_METADATA_RESPONSE', role: 'response', id: 2, error: 4, message: 5 },
  23: { name: 'LOOKUP', role: 'request', topic: 1, id: 2 },
  24: { name: 'LOOKUP_RESPONSE', role: 'response', id: 4, error: 6, message: 7 },
  25: { name: 'CONSUMER_STATS', role: 'request', id: 1, peer: 4 },
  26: { name: 'CONSUMER_STATS_RESPONSE', role: 'response', id: 1, error: 2, message: 3 },
  27: { name: 'REACHED_END_OF_TOPIC', role: 'oneWay', peer: 1 },
  28: { name: 'SEEK', role: 'request', peer: 1, id: 2 },
  29: { name: 'GET_LAST_MESSAGE_ID', role: 'request', peer: 1, id: 2 },
  30: { name: 'GET_LAST_MESSAGE_ID_RESPONSE', role: 'response', id: 2 },
  31: { name: 'ACTIVE_CONSUMER_CHANGE', role: 'oneWay', peer: 1 },
  32: { name: 'GET_TOPICS_OF_NAMESPACE', role: 'request', id: 1, topic: 2 },
  33: { name: 'GET_TOPICS_OF_NAMESPACE_RESPONSE', role: 'response', id: 1 },
  34: { name: 'GET_SCHEMA', role: 'request', id: 1, topic: 2 },
  35: { name: 'GET_SCHEMA_RESPONSE', role: 'response', id: 1, error: 2, message: 3 },
  36: { name: 'AUTH_CHALLENGE', role: 'oneWay' },
  37: { name: 'AUTH_RESPONSE', role: 'oneWay' },
  38: { name: 'ACK_RESPONSE', role: 'response', peer: 1, id: 6, error: 4, message: 5 },
  39: { name: 'GET_OR_CREATE_SCHEMA', role: 'request', id: 1, topic: 2 },
  40: { name: 'GET_OR_CREATE_SCHEMA_RESPONSE', role: 'response', id: 1, error: 2, message: 3 },
};

/** Transactions (50 to 63) and watches (64 to 68): requests and responses in turn, with the request id first. */
const later = (
  'NEW_TXN ADD_PARTITION_TO_TXN ADD_SUBSCRIPTION_TO_TXN END_TXN END_TXN_ON_PARTITION END_TXN_ON_SUBSCRIPTION ' +
  'TC_CLIENT_CONNECT'
).split(' ');
later.forEach((name, i) => {
  const type = name === 'TC_CLIENT_CONNECT' ? 62 : 50 + 2 * i;
  kinds[type] = { name: `${name}${type === 62 ? '_REQUEST' : ''}`, role: 'request', id: 1 };
  kinds[type + 1] = { name: `${name}_RESPONSE`, role: 'response', id: 1 };
});
kinds[64] = { name: 'WATCH_TOPIC_LIST', role: 'request', id: 1, topic: 3 };
kinds[65] = { name: 'WATCH_TOPIC_LIST_SUCCESS', role: 'response', id: 1 };
kinds[66] = { name: 'WATCH_UPDATE', role: 'oneWay' };
kinds[67] = { name: 'WATCH_TOPIC_LIST_CLOSE', role: 'request', id: 1 };
kinds[68] = { name: 'TOPIC_MIGRATED', role: 'oneWay' };

export const kindOf = (type: number): CommandKind | undefined => kinds[type];
