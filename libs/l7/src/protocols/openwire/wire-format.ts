import { Cursor } from '../../bytes/cursor.ts';
import { startsWith } from '../../bytes/text.ts';
import { readPrimitiveMap } from './primitive-map.ts';

const MAGIC = 'ActiveMQ';

/** What one side offers in WireFormatInfo. Both must want an option for it to hold. */
export interface WireFormat {
  readonly version: number;
  readonly tight: boolean;
  readonly cache: boolean;
}

/** Size, type 1 and the magic: 13 bytes that begin every connection. */
export const isWireFormatInfo = (bytes: Uint8Array, start: number, end: number): boolean =>
  bytes[start + 4] === 1 && startsWith(bytes, start + 5, end, MAGIC);

/** WireFormatInfo (OpenWire version 1 specification): size, type, magic, version in 4 bytes, and options as a map. */
export function readWireFormat(bytes: Uint8Array, start: number, end: number): WireFormat {
  const cursor = new Cursor().set(bytes, start + 5 + MAGIC.length, end);
  const version = cursor.u32();
  let tight = false;
  let cache = false;
  if (cursor.u8() !== 0) {
    cursor.take(4);
    readPrimitiveMap(cursor, (name, value) => {
      if (name === 'TightEncodingEnabled') tight = value === 'true';
      else if (name === 'CacheEnabled') cache = value === 'true';
    });
  }
  return { version, tight, cache };
}

/** What two offers make. */
export const agreed = (one: WireFormat, other: WireFormat): WireFormat => ({
  version: Math.min(one.version, other.version),
  tight: one.tight && other.tight,
  cache: one.cache && other.cache,
});
