import type { Status } from '../../session/exchange.ts';

/** Return codes of CONNACK before MQTT 5 (3.1.1 table 3.1). */
const refused = [
  '',
  'unacceptable protocol version',
  'identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorized',
];
const SERVER_UNAVAILABLE = 3;

/** Reason codes by which the server says that it cannot (MQTT 5 table 2-6); all others from 128 on blame the client. */
const serverErrors = new Map([
  [0x80, 'Unspecified error'],
  [0x83, 'Implementation specific error'],
  [0x88, 'Server unavailable'],
  [0x89, 'Server busy'],
  [0x8b, 'Server shutting down'],
  [0x97, 'Quota exceeded'],
  [0x9c, 'Use another server'],
  [0x9d, 'Server moved'],
  [0x9f, 'Connection rate exceeded'],
]);
const clientErrors = new Map([
  [0x81, 'Malformed Packet'],
  [0x82, 'Protocol Error'],
  [0x84, 'Unsupported Protocol Version'],
  [0x85, 'Client Identifier not valid'],
  [0x86, 'Bad User Name or Password'],
  [0x87, 'Not authorized'],
  [0x8a, 'Banned'],
  [0x8c, 'Bad authentication method'],
  [0x8d, 'Keep Alive timeout'],
  [0x8e, 'Session taken over'],
  [0x8f, 'Topic Filter invalid'],
  [0x90, 'Topic Name invalid'],
  [0x91, 'Packet Identifier in use'],
  [0x92, 'Packet Identifier not found'],
  [0x93, 'Receive Maximum exceeded'],
  [0x94, 'Topic Alias invalid'],
  [0x95, 'Packet too large'],
  [0x96, 'Message rate too high'],
  [0x98, 'Administrative action'],
  [0x99, 'Payload format invalid'],
  [0x9a, 'Retain not supported'],
  [0x9b, 'QoS not supported'],
  [0x9e, 'Shared Subscriptions not supported'],
  [0xa0, 'Maximum connect time'],
  [0xa1, 'Subscription Identifiers not supported'],
  [0xa2, 'Wildcard Subscriptions not supported'],
]);

export function statusOf(code: number): Status {
  if (code === SERVER_UNAVAILABLE || serverErrors.has(code)) return 'server_error';
  return code >= 0x80 || (code > 0 && code < refused.length) ? 'client_error' : 'ok';
}

export const describeCode = (code: number): string =>
  refused[code] ?? serverErrors.get(code) ?? clientErrors.get(code) ?? '';

/** Of codes that are no CONNACK's the low ones are granted QoS or kinds of success. */
export const statusOfAck = (code: number): Status => (code < 0x80 ? 'ok' : statusOf(code));
