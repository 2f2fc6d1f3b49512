import type { OutgoingRecord } from './port.ts';

type Bytes = Uint8Array | string | null | undefined;

/** What the value of a record takes, bytes; one that is shared is not made into bytes for that. */
export function valueBytes(record: Pick<OutgoingRecord, 'shared' | 'value'>): number {
  return record.shared?.bytes ?? record.value?.length ?? 0;
}

export function toBuffer(bytes: Bytes): Buffer | null {
  if (bytes === null || bytes === undefined) return null;
  if (typeof bytes === 'string') return Buffer.from(bytes);
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
