import { type Batch, type Column, flowLog, NameColumn } from '@flowloom/records';

const fields = Object.keys(flowLog.fields);

/** Fields that change places with client and server. */
const pairs: readonly (readonly [string, string])[] = [
  ...fields.filter((name) => name.startsWith('client_')).map((name) => [name, `server_${name.slice(7)}`] as const),
  ...fields.filter((name) => name.endsWith('_tx')).map((name) => [name, `${name.slice(0, -2)}rx`] as const),
];

/** Delays that the flow table measures from the client's side: of the wrong side they mean nothing. */
const measured = fields.filter((name) => /^(?:srt|art|cit)_/.test(name));

/** Exchanges client and server of every row. Delays whose meaning depends on them are forgotten. */
export function turn(rows: Batch<typeof flowLog.fields>): void {
  for (const [a, b] of pairs) exchange(rows.column(a)!, rows.column(b)!, rows.length);
  for (const name of measured) (rows.column(name)!.values as Float64Array).fill(0, 0, rows.length);
}

function exchange(a: Column, b: Column, length: number): void {
  if (a instanceof NameColumn && b instanceof NameColumn) {
    for (let row = 0; row < length; row++) {
      const name = a.get(row);
      a.set(row, b.get(row));
      b.set(row, name);
    }
  } else {
    [a.values, b.values] = [b.values, a.values];
  }
}

/** The observation point of a flow whose client is the server: `c-nd` for `s-nd`; others stay. */
export function turnedPoint(point: string): string {
  return point.replace(/^[cs](?=$|-)/, (side) => (side === 'c' ? 's' : 'c'));
}
