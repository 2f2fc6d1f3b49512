import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeArrow } from './arrow.ts';
import { rawFlow, taggedFlow } from './flow.ts';
import type { RecordType } from './record-type.ts';
import { rawRequest, taggedRequest } from './request.ts';
import { rowOf } from './row.ts';

const golden = fileURLToPath(new URL('../../../test/golden', import.meta.url));
const versions = readdirSync(golden).filter((name) => name.startsWith('records-v'));
const types: readonly RecordType[] = [rawFlow, rawRequest, taggedFlow, taggedRequest];

test('the bytes of version 1 are there', () => {
  expect(versions).toContain('records-v1');
});

describe.each(versions)('%s', (version) => {
  test.each(types.map((type) => ({ name: type.name, type })))(
    '$name: today reads what was written then',
    ({ name, type }) => {
      const rows: Record<string, unknown>[] = JSON.parse(readFileSync(`${golden}/${version}/${name}.json`, 'utf8'));
      const read = decodeArrow(type, readFileSync(`${golden}/${version}/${name}.arrow`));
      if (!read.ok) throw new Error(read.reason);
      expect(read.batch.length).toBe(rows.length);
      // Newer fields may be there too, absent or with what stands for absent.
      for (const [i, row] of rows.entries()) expect(rowOf(read.batch, i)).toMatchObject(row);
    },
  );
});
