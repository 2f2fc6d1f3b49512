import { missing, titled } from '@flowloom/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Result, runLaboratory } from '../laboratory/lib/laboratory.ts';
import { scenarios } from '../laboratory/scenarios.ts';
import { build } from './harness/flowloom.ts';

/** Right, and at most so many wrong, of a hundred edges; what a whole run reaches is in docs/reference/laboratory.md. */
const expected: Readonly<Record<string, { readonly right: number; readonly wrong: number }>> = {
  'nginx chain': { right: 99, wrong: 0.5 },
  'Python threads': { right: 99, wrong: 0.5 },
  'Python asyncio': { right: 95, wrong: 4 },
  'Go net/http': { right: 99, wrong: 0.5 },
};
const reason = await missing('root', 'clang', 'nginx', 'redis-server', 'python3', 'go');

describe.skipIf(reason)(titled('laboratory: causes inside hosts, 8 requests at once', reason), () => {
  let results: readonly Result[] = [];
  beforeAll(async () => {
    build();
    const chosen = scenarios.filter(({ name }) => name in expected);
    results = await runLaboratory(chosen, { atOnce: [8], requests: 200 });
  });

  it.each(Object.entries(expected))('%s', (name, { right, wrong }) => {
    const { score } = results.find(({ scenario }) => scenario.name === name)!;
    expect(score.edges).toBeGreaterThan(100);
    const share = (part: number) => (100 * part) / score.edges;
    expect(share(score.right), score.examples.join('\n')).toBeGreaterThanOrEqual(right);
    expect(share(score.wrong), score.examples.join('\n')).toBeLessThanOrEqual(wrong);
  });
});
