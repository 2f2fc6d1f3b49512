import { BusError, type BusErrorCode } from '../errors.ts';

/** What kafkajs errors carry, each of them some. */
interface KafkaJsError {
  readonly name?: string;
  readonly message?: string;
  /** Name of the protocol's error. */
  readonly type?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

const codes: Record<string, BusErrorCode> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'TOPIC_UNKNOWN',
  INVALID_TOPIC_EXCEPTION: 'INVALID',
  MESSAGE_TOO_LARGE: 'RECORD_TOO_LARGE',
  RECORD_LIST_TOO_LARGE: 'RECORD_TOO_LARGE',
  INVALID_PRODUCER_EPOCH: 'FENCED',
  INVALID_PRODUCER_ID_MAPPING: 'FENCED',
  TRANSACTION_COORDINATOR_FENCED: 'FENCED',
  ILLEGAL_GENERATION: 'FENCED',
  UNKNOWN_MEMBER_ID: 'FENCED',
  FENCED_INSTANCE_ID: 'FENCED',
  TOPIC_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  GROUP_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  CLUSTER_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'NOT_AUTHORIZED',
  SASL_AUTHENTICATION_FAILED: 'NOT_AUTHORIZED',
  OFFSET_METADATA_TOO_LARGE: 'INVALID',
};

const names: Record<string, BusErrorCode> = {
  KafkaJSSASLAuthenticationError: 'NOT_AUTHORIZED',
  KafkaJSConnectionError: 'BROKER_UNREACHABLE',
  KafkaJSConnectionClosedError: 'BROKER_UNREACHABLE',
  KafkaJSBrokerNotFound: 'BROKER_UNREACHABLE',
  KafkaJSNoBrokerAvailableError: 'BROKER_UNREACHABLE',
  KafkaJSRequestTimeoutError: 'BROKER_UNREACHABLE',
  KafkaJSGroupCoordinatorNotFound: 'BROKER_UNREACHABLE',
};

/** The error as the bus's callers know it: the innermost cause that kafkajs names decides. */
export function toBusError(error: unknown): BusError {
  if (error instanceof BusError) return error;
  const chain = causesOf(error);
  for (const { name = '', type = '' } of chain) {
    const code = codes[type] ?? names[name];
    if (code) return new BusError(code, messageOf(chain), { retryable: code === 'BROKER_UNREACHABLE', cause: error });
  }
  const retryable = chain.some(({ retriable }) => retriable === true);
  return new BusError('UNKNOWN', messageOf(chain), { retryable, cause: error });
}

function causesOf(error: unknown): KafkaJsError[] {
  const chain: KafkaJsError[] = [];
  for (let next = error; next instanceof Error && chain.length < 10; next = next.cause)
    chain.push(next as KafkaJsError);
  return chain.reverse();
}

function messageOf(chain: readonly KafkaJsError[]): string {
  return chain[0]?.message ?? 'unknown error';
}
