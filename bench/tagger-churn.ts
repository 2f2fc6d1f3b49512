// Rows that are tagged per second of CPU while 1,000 pods a minute hand their address on, at 300 k rows/s: one change in
// 18,000 rows, each known to the tagger before the next batch. Expected: nearly as fast as while nothing changes, for a change
// forgets the answers of its own address alone. The rival keeps a list of holders by address, in a Map of texts, and copies
// tags row by row: it has nothing to forget.
// Usage: node bench/tagger-churn.ts
import { Batch, type RawFlow, rawFlow, taggedFlow } from '@flowloom/records';
import { type Resource, Tagger } from '@flowloom/tagger';
import { compareLoops } from './lib/cpu-rate.ts';
import { batches, indexOf, podAddress, pods, rawFlowRows } from './lib/sample-rows.ts';

const rowsPerSecond = 300_000;
const podsPerSecond = 1000 / 60;
const rowsPerChange = rowsPerSecond / podsPerSecond;

/** Calls `change` with 0, 1, 2 ... once for so many rows. */
class Pace {
  #rows = 0;
  #changes = 0;

  after(rows: number, change: (n: number) => void): void {
    this.#rows += rows;
    while (this.#rows > (this.#changes + 1) * rowsPerChange) change(this.#changes++);
  }
}

for (const count of [10_000, 100_000]) {
  const rows = rawFlowRows(count);
  const input = batches(rawFlow, rows);
  const rowsPerBatch = rows.length / input.length;
  // In the middle of the rows' times, so that half of an address's rows are the former holder's.
  const changedUs = (rows[0].start_us! + rows.at(-1)!.start_us!) / 2;
  const resources = pods(count);
  const successor = (pod: Resource): Resource => {
    const name = `${pod.name}-next`;
    return { ...pod, id: `${pod.id}-next`, name, fromUs: changedUs, tags: { ...pod.tags, pod: name } };
  };

  /** The loop over all rows, with a change before a batch now and then; `change` is called with the number of a pod. */
  const taggerLoop = (change: (tagger: ReturnType<typeof indexOf>, pod: number) => void) => {
    const index = indexOf(resources);
    const tagger = new Tagger(index);
    const tagged = new Batch(taggedFlow);
    const pace = new Pace();
    return () => {
      for (const batch of input) {
        pace.after(batch.length, (n) => change(index, n));
        tagged.clear();
        tagger.tagFlows(batch, tagged);
      }
      return rows.length;
    };
  };
  /** Its address goes to another, and the next time around back to it. */
  const handOn = (index: ReturnType<typeof indexOf>, n: number) => {
    const pod = resources[n % count];
    const isBack = Math.floor(n / count) % 2 === 1;
    index.put(isBack ? pod : { ...pod, toUs: changedUs });
    if (isBack) index.forget(successor(pod).id);
    else index.put(successor(pod));
  };

  const holders = new Map(resources.map((pod, n) => [podAddress(n), [pod]]));
  const pace = new Pace();
  const byMap = () => {
    let found = 0;
    for (let from = 0; from < rows.length; from += rowsPerBatch) {
      pace.after(rowsPerBatch, (n) => {
        const pod = resources[n % count];
        const isBack = Math.floor(n / count) % 2 === 1;
        holders.set(podAddress(n % count), isBack ? [pod] : [{ ...pod, toUs: changedUs }, successor(pod)]);
      });
      for (const row of rows.slice(from, from + rowsPerBatch)) {
        const tagged = taggedByMap(row, holders);
        if (tagged.client_pod && tagged.server_pod) found++;
      }
    }
    return found;
  };

  await compareLoops({
    name: `tagger-churn-${count}`,
    title: `Tagger: ${count.toLocaleString('en')} pods, of which 1,000 a minute hand their address on`,
    input: `${rows.length.toLocaleString('en')} rows again and again, a change in ${rowsPerChange.toLocaleString('en')} rows (1,000 a minute at ${rowsPerSecond.toLocaleString('en')} rows/s)`,
    unit: 'rows',
    loops: [
      { name: 'tagger', run: taggerLoop(handOn) },
      { name: 'tagger while nothing changes', run: taggerLoop(() => {}) },
      { name: 'Map of strings per row', run: byMap },
    ],
  });
}

function taggedByMap(
  row: Partial<RawFlow>,
  holders: ReadonlyMap<string, readonly Resource[]>,
): Record<string, unknown> {
  const tagged: Record<string, unknown> = { ...row };
  for (const side of ['client', 'server'] as const) {
    const at = row.start_us!;
    const holder = holders
      .get(row[`${side}_ip`]!)
      ?.find(({ fromUs = 0, toUs = Number.POSITIVE_INFINITY }) => fromUs <= at && at < toUs);
    for (const [name, value] of Object.entries(holder?.tags ?? {})) tagged[`${side}_${name}`] = value;
  }
  return tagged;
}
