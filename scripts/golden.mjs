// Keeps the bytes of each record's present version under test/golden/records-v<version>/<name>.arrow, with the rows as
// JSON beside them. What is there is never overwritten: today's reader must read it for ever.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodeArrow } from '../libs/records/src/arrow.ts';
import * as records from '../libs/records/src/index.ts';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { appendRow, Batch, rowOf } = records;
const wireTypes = [records.rawFlow, records.rawRequest, records.taggedFlow, records.taggedRequest];

for (const type of wireTypes) {
  const path = `test/golden/records-v${type.version}/${type.name}`;
  if (existsSync(`${path}.arrow`)) {
    console.log(`kept ${path}.arrow`);
    continue;
  }
  const batch = new Batch(type);
  for (let row = 0; row < 3; row++) appendRow(batch, sample(type, row));
  mkdirSync(`test/golden/records-v${type.version}`, { recursive: true });
  writeFileSync(`${path}.arrow`, encodeArrow(batch));
  const rows = [0, 1, 2].map((row) => JSON.stringify(rowOf(batch, row), undefined, 1));
  writeFileSync(`${path}.json`, `[${rows.join(',\n')}]\n`);
  console.log(`wrote ${path}.arrow`);
}

/** Every field once small and once at its largest; the last row has none. */
function sample(type, row) {
  if (row === 2) return {};
  const entries = Object.entries(type.fields).map(([name, { kind }], i) => [name, value(kind, name, i, row === 1)]);
  return Object.fromEntries(entries);
}

function value(kind, name, i, isLarge) {
  switch (kind) {
    case 'bool':
      return true;
    case 'u8':
      return isLarge ? 0xff : 1 + i;
    case 'u16':
      return isLarge ? 0xffff : 1 + i;
    case 'u32':
      return isLarge ? 0xffff_ffff : 1 + i;
    case 'u64':
      return isLarge ? Number.MAX_SAFE_INTEGER : 1 + i;
    case 'f32':
      return isLarge ? 1 : 0.25;
    case 'time':
      return 1_700_000_000_000_000 + i;
    case 'ip':
      return isLarge ? '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff' : `192.0.2.${i}`;
    case 'mac':
      return isLarge ? 'ff:ff:ff:ff:ff:fe' : `02:00:5e:10:00:${i.toString(16).padStart(2, '0')}`;
    case 'id':
      return isLarge ? 'fedcba9876543210' : `00f067aa0ba9${i.toString(16).padStart(4, '0')}`;
    case 'map':
      return { app: name, rank: i };
    default:
      return isLarge ? `${name} äöü 漢字 🧵` : name;
  }
}
