import { i32le, u32le } from '../../bytes/numbers.ts';
import type { Format } from '../../compression/decompress.ts';

/** MsgHeader: messageLength (32), requestID (32), responseTo (32), opCode (32), all little-endian. */
export const HEADER_BYTES = 16;
/** maxMessageSizeBytes of all versions so far. */
export const MAX_MESSAGE = 48_000_000;

/** compressorId of OP_COMPRESSED; 0 is none. */
export const compressors: readonly (Format | undefined)[] = [undefined, 'snappy', 'zlib', 'zstd'];

export const OpCode = {
  reply: 1,
  update: 2001,
  insert: 2002,
  query: 2004,
  getMore: 2005,
  delete: 2006,
  killCursors: 2007,
  compressed: 2012,
  msg: 2013,
} as const;

/** Names by code ("MongoDB Wire Protocol", opcodes). */
export const opNames: ReadonlyMap<number, string> = new Map([
  [1, 'REPLY'],
  [2001, 'UPDATE'],
  [2002, 'INSERT'],
  [2004, 'QUERY'],
  [2005, 'GET_MORE'],
  [2006, 'DELETE'],
  [2007, 'KILL_CURSORS'],
  [2010, 'COMMAND'],
  [2011, 'COMMAND_REPLY'],
  [2012, 'COMPRESSED'],
  [2013, 'MSG'],
]);

/** Length of the message whose header is all there; 0 if it is none. */
export function messageLength(bytes: Uint8Array, at: number): number {
  const length = i32le(bytes, at);
  if (length < HEADER_BYTES + 4 || length > MAX_MESSAGE) return 0;
  return opNames.has(u32le(bytes, at + 12)) ? length : 0;
}
