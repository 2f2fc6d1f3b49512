import type { Status } from '../../session/exchange.ts';

/** Request codes of Apache RocketMQ that clients and brokers use in operation; others are shown as numbers. */
const requests = new Map<number, string>([
  [10, 'SEND_MESSAGE'],
  [11, 'PULL_MESSAGE'],
  [12, 'QUERY_MESSAGE'],
  [13, 'QUERY_BROKER_OFFSET'],
  [14, 'QUERY_CONSUMER_OFFSET'],
  [15, 'UPDATE_CONSUMER_OFFSET'],
  [17, 'UPDATE_AND_CREATE_TOPIC'],
  [21, 'GET_ALL_TOPIC_CONFIG'],
  [25, 'UPDATE_BROKER_CONFIG'],
  [26, 'GET_BROKER_CONFIG'],
  [28, 'GET_BROKER_RUNTIME_INFO'],
  [29, 'SEARCH_OFFSET_BY_TIMESTAMP'],
  [30, 'GET_MAX_OFFSET'],
  [31, 'GET_MIN_OFFSET'],
  [32, 'GET_EARLIEST_MSG_STORETIME'],
  [33, 'VIEW_MESSAGE_BY_ID'],
  [34, 'HEART_BEAT'],
  [35, 'UNREGISTER_CLIENT'],
  [36, 'CONSUMER_SEND_MSG_BACK'],
  [37, 'END_TRANSACTION'],
  [38, 'GET_CONSUMER_LIST_BY_GROUP'],
  [39, 'CHECK_TRANSACTION_STATE'],
  [40, 'NOTIFY_CONSUMER_IDS_CHANGED'],
  [41, 'LOCK_BATCH_MQ'],
  [42, 'UNLOCK_BATCH_MQ'],
  [43, 'GET_ALL_CONSUMER_OFFSET'],
  [45, 'GET_ALL_DELAY_OFFSET'],
  [46, 'CHECK_CLIENT_CONFIG'],
  [103, 'REGISTER_BROKER'],
  [104, 'UNREGISTER_BROKER'],
  [105, 'GET_ROUTEINFO_BY_TOPIC'],
  [106, 'GET_BROKER_CLUSTER_INFO'],
  [200, 'UPDATE_AND_CREATE_SUBSCRIPTIONGROUP'],
  [201, 'GET_ALL_SUBSCRIPTIONGROUP_CONFIG'],
  [202, 'GET_TOPIC_STATS_INFO'],
  [203, 'GET_CONSUMER_CONNECTION_LIST'],
  [206, 'GET_ALL_TOPIC_LIST_FROM_NAMESERVER'],
  [208, 'GET_CONSUME_STATS'],
  [220, 'RESET_CONSUMER_CLIENT_OFFSET'],
  [221, 'GET_CONSUMER_STATUS_FROM_CLIENT'],
  [307, 'GET_CONSUMER_RUNNING_INFO'],
  [309, 'CONSUME_MESSAGE_DIRECTLY'],
  [310, 'SEND_MESSAGE_V2'],
  [320, 'SEND_BATCH_MESSAGE'],
  [324, 'SEND_REPLY_MESSAGE'],
  [325, 'SEND_REPLY_MESSAGE_V2'],
  [326, 'PUSH_REPLY_MESSAGE_TO_CLIENT'],
  [361, 'LITE_PULL_MESSAGE'],
  [200050, 'POP_MESSAGE'],
  [200051, 'ACK_MESSAGE'],
  [200053, 'CHANGE_MESSAGE_INVISIBLETIME'],
  [200151, 'ACK_MESSAGE_BATCH'],
]);

export const requestName = (code: number): string => requests.get(code) ?? String(code);

/** Operation of the OpenTelemetry conventions, where there is one. */
export const isSend = (code: number): boolean => code === 10 || code === 310 || code === 320;
/** Version 2 of a send abbreviates the names of its fields to letters. */
export const hasShortFields = (code: number): boolean => code === 310 || code === 320 || code === 325;

/** System error and busy; failures to flush, no slave, service not available; a transaction that failed. */
const serverErrors = new Set([1, 2, 10, 11, 12, 14, 15, 200]);
/** Nothing to pull now, or from another offset: not errors. */
const pullOutcomes = new Set([0, 19, 20, 21]);

export function statusOf(code: number): Status {
  if (pullOutcomes.has(code)) return 'ok';
  return serverErrors.has(code) ? 'server_error' : 'client_error';
}
