import type { ExportResult } from './exporter.ts';

/**
 * Reads an Export...ServiceResponse { partial_success = 1 { rejected_... = 1, error_message = 2 } }: the same for all
 * three signals. A response that cannot be read counts as success, as the request was accepted.
 */
export function readExportResponse(response: Uint8Array): ExportResult {
  const partial = fields(response).get(1);
  if (!(partial instanceof Uint8Array)) return { kind: 'ok' };
  const inner = fields(partial);
  const rejected = inner.get(1);
  const message = inner.get(2);
  if (typeof rejected !== 'number' || rejected === 0) return { kind: 'ok' };
  return { kind: 'partial', rejected, message: message instanceof Uint8Array ? Buffer.from(message).toString() : '' };
}

/** Varint and length-delimited fields by number; stops where the bytes end or are of another wire type. */
function fields(bytes: Uint8Array): Map<number, number | Uint8Array> {
  const found = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length && scale < 2 ** 53; scale *= 128) {
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    at = bytes.length;
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if ((tag & 7) === 0) found.set(tag >>> 3, value);
    else if ((tag & 7) === 2) found.set(tag >>> 3, bytes.subarray(at, (at += value)));
    else break;
  }
  return found;
}
