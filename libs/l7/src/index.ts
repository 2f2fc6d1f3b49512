export { type Direction, opposite } from './direction.ts';
export type { Connection, ConnectionInfo } from './engine/connection.ts';
export type { DatagramConnection } from './engine/datagram-connection.ts';
export { L7Engine } from './engine/engine.ts';
export type { L7Sink } from './engine/sink.ts';
export type { L7Stats } from './engine/stats.ts';
export type { StreamConnection } from './engine/stream-connection.ts';
export { View } from './engine/view.ts';
export { defaultOptions, defaultPrivacy, type L7Options, type PrivacyOptions } from './options.ts';
export {
  type Conversation,
  type ConversationContext,
  Parse,
  type Protocol,
  type Transport,
  Verdict,
} from './protocol.ts';
export { protocols } from './registry.ts';
export { Exchange, type Status } from './session/exchange.ts';
export { type RequestId, Session } from './session/session.ts';
