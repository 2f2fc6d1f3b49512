import { Cursor } from '../../bytes/cursor.ts';
import { text } from '../../bytes/text.ts';

const MAX_FIELDS = 128;
const MAX_FIELD = 32 * 1024;

/** What a RemotingCommand says about itself. */
export interface Header {
  readonly code: number;
  readonly opaque: number;
  /** Bit 0: a response; bit 1: no response is wanted. */
  readonly flag: number;
  readonly version: number;
  readonly remark: string;
  readonly fields: ReadonlyMap<string, string>;
}

const cursor = new Cursor();

/** A header in JSON, or null if it is none. */
export function readJsonHeader(bytes: Uint8Array, start: number, end: number): Header | null {
  const parsed = parseObject(text(bytes, start, end, end - start));
  if (parsed === null || typeof parsed.code !== 'number' || typeof parsed.opaque !== 'number') return null;
  const fields = new Map<string, string>();
  if (typeof parsed.extFields === 'object' && parsed.extFields !== null)
    for (const [name, value] of Object.entries(parsed.extFields))
      if (fields.size < MAX_FIELDS && typeof value !== 'object') fields.set(name, String(value));
  return {
    code: parsed.code,
    opaque: parsed.opaque,
    flag: Number(parsed.flag) || 0,
    version: Number(parsed.version) || 0,
    remark: typeof parsed.remark === 'string' ? parsed.remark : '',
    fields,
  };
}

/** A header in binary: lengths of names have 2 bytes, of remark, fields and values 4. */
export function readBinaryHeader(bytes: Uint8Array, start: number, end: number): Header | null {
  cursor.set(bytes, start, end);
  const code = cursor.u16();
  cursor.take(1); // language
  const version = cursor.u16();
  const opaque = cursor.u32() | 0;
  const flag = cursor.u32();
  const remark = cursor.text(cursor.u32());
  cursor.take(4); // length of the fields
  if (!cursor.ok) return null;
  const fields = new Map<string, string>();
  while (cursor.left > 0 && fields.size < MAX_FIELDS) {
    const name = cursor.text(cursor.u16(), 128);
    const value = cursor.text(cursor.u32(), MAX_FIELD);
    if (!cursor.ok) return null;
    fields.set(name, value);
  }
  return { code, opaque, flag, version, remark, fields };
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // not a header
  }
}
