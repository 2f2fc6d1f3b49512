import { sideTags, type TaggedRequest, taggedRequest } from '@flowloom/records';
import type { RequestRow, Side } from '../conventions/request-row.ts';

const numeric = new Set(['u8', 'u16', 'u32', 'u64', 'f32', 'time']);

type Flat = { [N in keyof TaggedRequest]?: TaggedRequest[N] | string };

/** A request row from the fields of the record, in which everything else is absent. Maps are JSON text. */
export function requestRow(values: Flat): RequestRow {
  const absent = Object.entries(taggedRequest.fields).map(([name, { kind }]) => [
    name,
    kind === 'bool' ? false : numeric.has(kind) ? 0 : '',
  ]);
  const flat = { ...Object.fromEntries(absent), ...values };
  const side = (prefix: string) =>
    Object.fromEntries(Object.keys(sideTags).map((tag) => [tag, flat[`${prefix}_${tag}`]])) as Side;
  return { ...flat, client: side('client'), server: side('server') } as RequestRow;
}
