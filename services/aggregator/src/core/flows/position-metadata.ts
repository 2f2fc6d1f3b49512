import type { WindowPosition } from './partition-windows.ts';

/** The text that stands beside a committed offset: where the windows were. */
export function positionMetadata({ processed, watermarkUs }: WindowPosition): string {
  return JSON.stringify({ v: 1, processed, watermark_us: watermarkUs });
}

/** Position of a commit. Text that is none of ours (another writer, another version) means the offset alone. */
export function parsePosition(offset: number, metadata: string): WindowPosition {
  const fresh = { offset, processed: offset, watermarkUs: 0 };
  let value: unknown;
  try {
    value = JSON.parse(metadata);
  } catch {
    return fresh;
  }
  const { v, processed, watermark_us: watermarkUs } = (value ?? {}) as Record<string, unknown>;
  if (v !== 1 || !Number.isSafeInteger(processed) || !Number.isFinite(watermarkUs)) return fresh;
  return { offset, processed: Math.max(processed as number, offset), watermarkUs: watermarkUs as number };
}
