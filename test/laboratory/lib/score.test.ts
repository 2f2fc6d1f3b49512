import { expect, it } from 'vitest';
import type { Exchange } from './exchanges.ts';
import { score } from './score.ts';
import { Truth } from './truth.ts';

const ids = { root: 'aaaaaaaaaaaa', left: 'bbbbbbbbbbbb', right: 'cccccccccccc', other: 'dddddddddddd' };

/** A proxy at 80 before a service at 81 that asks 82 twice; another request asks nothing. */
function truth() {
  const truth = new Truth(new Map([[80, 81]]));
  const roots = [truth.addRoot(ids.root, 80), truth.addRoot(ids.other, 80)];
  truth.addLog(`${ids.root} ${ids.left} http://h:82/x\n${ids.root} ${ids.right} http://h:82/x\n`, '81');
  return { truth, roots };
}

function found(parents: Record<string, string | undefined>): Map<string, Exchange> {
  const one = (parent: string | undefined) => ({ traceId: parent ?? '1', parent, rule: parent ? 'thread' : '' });
  return new Map(Object.entries(parents).map(([key, parent]) => [key, one(parent)]));
}

it('counts edges that are right, wrong and missing, and whole traces', () => {
  const { truth: services, roots } = truth();
  const exchanges = found({
    [`${ids.root}@80`]: undefined,
    [`${ids.root}@81`]: `${ids.root}@80`,
    [`${ids.left}@82`]: `${ids.root}@81`,
    [`${ids.right}@82`]: `${ids.other}@81`,
    [`${ids.other}@80`]: undefined,
    [`${ids.other}@81`]: undefined,
  });
  const result = score(services, exchanges, roots);
  expect(result).toMatchObject({ edges: 4, right: 2, wrong: 1, missing: 1, unseen: 0, traces: 2, wholeTraces: 0 });
  expect(result.rules.get('thread')).toEqual({ right: 2, wrong: 1, missing: 0 });
});

it('counts a parent of a request that nobody caused as wrong, and a request in no span as unseen', () => {
  const { truth: services, roots } = truth();
  const result = score(services, found({ [`${ids.other}@80`]: `${ids.root}@81` }), roots.slice(1));
  expect(result).toMatchObject({ edges: 1, right: 0, wrong: 1, missing: 1, unseen: 1, wholeTraces: 0 });
});
