import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scoreInference, table } from './score-inference.ts';

const folder = fileURLToPath(new URL('../../../../../shared/data/traceweaver', import.meta.url));
const hasRecordings = existsSync(folder);

it.skipIf(!hasRecordings)(
  `infers under 0.5 % wrong parents in TraceWeaver's recordings${hasRecordings ? '' : ' (not here: ../shared/data/traceweaver)'}`,
  async () => {
    const scores = await scoreInference(folder, (file) => file.includes('load75'));
    console.info(table(scores));
    for (const { name, edges, right, wrong, foreign } of scores) {
      expect((wrong + foreign) / edges, name).toBeLessThan(0.005);
      expect(right / edges, name).toBeGreaterThan(0.75);
    }
  },
  120_000,
);
