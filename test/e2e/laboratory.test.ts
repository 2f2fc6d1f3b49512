import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { missing, titled } from '@flowloom/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { scenarios } from '../laboratory/scenarios/index.ts';

/** Right, and at most so many wrong, of a hundred edges; what a whole run reaches is in docs/reference/laboratory.md. */
const reached = { right: 98, wrong: 0.5 };
const expected: Readonly<Record<string, typeof reached>> = {
  'nginx chain': reached,
  haproxy: reached,
  'haproxy, same URL': reached,
  // Who is who may stay unknown, but is never guessed.
  'haproxy, same request': { right: 60, wrong: 0.5 },
  'nginx sidecars': reached,
  'C worker queue, given back': { right: 99, wrong: 0.5 },
  'Python asyncio': reached,
  'Python gevent': reached,
  'Python thread pool': reached,
  // An answer may be there before who asked for it waits.
  'Java send': { right: 96, wrong: 0.5 },
  // What its answers lead to is learnt first: until then some causes stay unknown, and none is guessed.
  'Node http': { right: 92, wrong: 0.5 },
  'Node callbacks': reached,
  'Node gRPC': { right: 95, wrong: 0.5 },
  'Go net/http': reached,
  'Go workers': reached,
  'Go databases': reached,
  'Python TLS': reached,
  'Go TLS': reached,
};
const chosen = scenarios.filter(({ name }) => name in expected);
const reason = await missing('root', 'unshare', 'clang', ...new Set(chosen.flatMap(({ needs }) => needs)));

interface Line {
  readonly scenario: string;
  readonly edges: number;
  readonly right: number;
  readonly wrong: number;
  readonly examples: readonly string[];
}

describe.skipIf(reason)(titled('laboratory: causes inside hosts, 8 requests at once', reason), () => {
  let results: readonly Line[] = [];
  beforeAll(async () => {
    const run = fileURLToPath(new URL('../laboratory/run.ts', import.meta.url));
    const only = ['--only', `^(${Object.keys(expected).join('|')})$`];
    const flags = [...only, '--at-once', '8', '--requests', '200', '--json'];
    const { stdout } = await promisify(execFile)(process.execPath, [run, ...flags]);
    results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  });

  it.each(Object.entries(expected))('%s', (name, { right, wrong }) => {
    const score = results.find(({ scenario }) => scenario === name)!;
    expect(score.edges).toBeGreaterThan(100);
    const share = (part: number) => (100 * part) / score.edges;
    expect(share(score.right), score.examples.join('\n')).toBeGreaterThanOrEqual(right);
    expect(share(score.wrong), score.examples.join('\n')).toBeLessThanOrEqual(wrong);
  });
});
