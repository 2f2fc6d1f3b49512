import { u32be } from '../../bytes/numbers.ts';
import { startsWith } from '../../bytes/text.ts';

export const HEADER_BYTES = 12;
const MAX_BODY = 1024 * 1024 * 1024;
export const MAX_META = 32 * 1024;

/** `PRPC`, body size (32), meta size (32), then meta, payload and attachment of that size (brpc, baidu_std protocol). */
export function isHeader(bytes: Uint8Array, at: number, end: number): boolean {
  return (
    end - at >= HEADER_BYTES &&
    startsWith(bytes, at, end, 'PRPC') &&
    bodyBytes(bytes, at) <= MAX_BODY &&
    metaBytes(bytes, at) <= Math.min(MAX_META, bodyBytes(bytes, at))
  );
}

export const bodyBytes = (bytes: Uint8Array, at: number): number => u32be(bytes, at + 4);
export const metaBytes = (bytes: Uint8Array, at: number): number => u32be(bytes, at + 8);
