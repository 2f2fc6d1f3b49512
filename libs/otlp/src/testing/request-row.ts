import { taggedRequest } from '@flowloom/records';
import type { RequestRow } from '../conventions/request-row.ts';

const numeric = new Set(['u8', 'u16', 'u32', 'u64', 'f32', 'time']);

/** A request row in which everything else is absent. */
export function requestRow(values: Partial<RequestRow>): RequestRow {
  const absent = Object.entries(taggedRequest.fields).map(([name, { kind }]) => [
    name,
    kind === 'bool' ? false : numeric.has(kind) ? 0 : '',
  ]);
  return { ...Object.fromEntries(absent), ...values } as RequestRow;
}
