import type { IpcSchema } from './schema.ts';

/** Most schemas that are kept, and the longest of them, bytes: a stranger's cannot fill the memory. */
const MAX_SCHEMAS = 16;
const MAX_BYTES = 1 << 16;

const known: { readonly bytes: Uint8Array; readonly schema: IpcSchema }[] = [];

/** The schema that these bytes say. All streams of a record begin with the same bytes: they are read once. */
export function schemaOf(bytes: Uint8Array, read: () => IpcSchema): IpcSchema {
  for (const one of known) if (Buffer.compare(one.bytes, bytes) === 0) return one.schema;
  const schema = read();
  if (bytes.length > MAX_BYTES) return schema;
  if (known.length === MAX_SCHEMAS) known.shift();
  known.push({ bytes: bytes.slice(), schema });
  return schema;
}
