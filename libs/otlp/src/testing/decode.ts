import protobuf from 'protobufjs';
import { otlpProto } from './otlp.proto.ts';

const { root } = protobuf.parse(otlpProto);

/** Reads an OTLP message with protobufjs: ids as base64, 64-bit integers as text, absent fields absent. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects to be there
export function decodeOtlp(type: string, bytes: Uint8Array): any {
  const messageType = root.lookupType(type);
  return messageType.toObject(messageType.decode(bytes), { longs: String, bytes: String, defaults: false });
}
