// Rows per second and core through what stands behind the capturer: tagger, aggregator, tracer with OTLP encoding, and the
// codec of the topics. Expected: 300 k rows/s each for tagger and aggregator, 100 k spans/s; the rivals are what one would
// write with objects, a Map of strings and JSON: several times slower, for they make objects and texts per row, where columns
// copy numbers and look a repeated text up once per batch. Against the SDK's serializer the tracer does all of its work.
// Usage: node bench/rows.ts
import { FlowAggregator, TrafficMetrics } from '@flowloom/aggregator';
import { Batch, type RawFlow, rawFlow, rowToJson, type TaggedFlow, taggedFlow, taggedRequest } from '@flowloom/records';
import { decodeArrow, encodeArrow } from '@flowloom/records/arrow';
import { Tagger } from '@flowloom/tagger';
import { MemoryLinkStore, Tracer } from '@flowloom/tracer';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { readTraces } from '../libs/otlp/src/testing/read-traces.ts';
import { sdkSpans } from '../libs/otlp/src/testing/sdk-objects.ts';
import { compareLoops } from './lib/cpu-rate.ts';
import { batches, flowTicks, indexOf, pods, rawFlowRows, requestRows, requestsUntilUs } from './lib/sample-rows.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const lengths = (list: readonly { readonly length: number }[]) => sum(list.map(({ length }) => length));

for (const count of [100, 10_000, 100_000]) {
  const rows = rawFlowRows(count);
  const input = batches(rawFlow, rows);
  const resources = pods(count);
  const tagger = new Tagger(indexOf(resources));
  // As the service does it: the tagged rows are encoded at once, and their batch is used again.
  const tagged = new Batch(taggedFlow);
  const tag = (batch: (typeof input)[number]) => {
    tagged.clear();
    return tagger.tagFlows(batch, tagged);
  };
  const byAddress = new Map(resources.map(({ claims, tags }) => [`/${claims.addresses![0].ip}`, tags]));
  await compareLoops({
    name: `rows-tagger-${count}`,
    title: `Tagger: both ends of a flow, ${count.toLocaleString('en')} pods`,
    input: `${rows.length.toLocaleString('en')} rows: 50 nodes, from their 100 pods to any pod`,
    unit: 'rows',
    loops: [
      { name: 'tagger', run: () => sum(input.map((batch) => tag(batch).length)) },
      { name: 'Map of strings per row', run: () => lengths([rows.map((row) => taggedByMap(row, byAddress))]) },
    ],
  });
}

function taggedByMap(row: Partial<RawFlow>, byAddress: ReadonlyMap<string, object>): object {
  const tagged: Record<string, unknown> = { ...row };
  for (const side of ['client', 'server'] as const) {
    const tags = byAddress.get(`/${row[`${side}_ip`]}`);
    for (const [name, value] of Object.entries(tags ?? {})) tagged[`${side}_${name}`] = value;
  }
  return tagged;
}

const ticks = flowTicks();
const tickBatches = batches(taggedFlow, ticks);
await compareLoops({
  name: 'rows-aggregator',
  title: 'Aggregator: rows of a second to flow logs of a minute, and traffic metrics',
  input: `${ticks.length.toLocaleString('en')} rows: 2,000 flows, 60 seconds`,
  unit: 'rows',
  loops: [
    {
      name: 'aggregator',
      run: () => {
        const aggregator = new FlowAggregator();
        const metrics = new TrafficMetrics();
        for (const [offset, batch] of tickBatches.entries()) {
          aggregator.add(0, batch, offset);
          metrics.addFlows(batch, 1);
        }
        const logs = aggregator.flush().flatMap(({ minutes }) => minutes.map(({ rows }) => rows));
        if (lengths(logs) === 0) throw new Error('no flow logs');
        return ticks.length;
      },
    },
    { name: 'Map of strings per row', run: () => aggregatedByMap(ticks) },
  ],
});

function aggregatedByMap(rows: readonly Partial<TaggedFlow>[]): number {
  const logs = new Map<string, Record<string, unknown>>();
  const metrics = new Map<string, { bytes: number; packets: number }>();
  for (const row of rows) {
    const key = `${row.flow_id} ${row.agent} ${Math.floor(row.start_us! / 60e6)}`;
    const log = logs.get(key);
    if (log === undefined) logs.set(key, { ...row });
    else {
      for (const name of ['packets_tx', 'packets_rx', 'bytes_tx', 'bytes_rx'] as const) {
        log[name] = (log[name] as number) + row[name]!;
      }
      log.end_us = row.end_us;
    }
    const series = `${row.client_workload} ${row.server_workload} ${row.protocol}`;
    const point = metrics.get(series) ?? { bytes: 0, packets: 0 };
    metrics.set(series, { bytes: point.bytes + row.bytes_tx!, packets: point.packets + row.packets_tx! });
  }
  return logs.size > 0 && metrics.size > 0 ? rows.length : 0;
}

const requests = 2000;
const rounds = Array.from({ length: 40 }, (_, time) => batches(taggedRequest, requestRows(requests, time)));
const sdk: unknown[][] = [];
await traced((request) => void sdk.push(readTraces(request).flatMap(sdkSpans)), 1);
await compareLoops({
  name: 'rows-tracer',
  title: 'Tracer: request rows to spans, joined, placed and encoded as OTLP',
  input: `${(rounds.length * requests).toLocaleString('en')} requests at six points, traces of three requests`,
  unit: 'spans',
  loops: [
    {
      name: 'tracer and OTLP encoding',
      run: () => traced(() => {}, rounds.length),
    },
    {
      name: 'OTLP encoding alone, OpenTelemetry SDK',
      run: () => {
        for (const spans of sdk) ProtobufTraceSerializer.serializeRequest(spans as never);
        return lengths(sdk);
      },
    },
  ],
});

/** All rows through a new tracer. Returns the spans. */
async function traced(take: (request: Uint8Array) => void, times: number): Promise<number> {
  const tracer = new Tracer(new MemoryLinkStore(), { settleUs: 1e5 });
  let spans = 0;
  const takeAll = (traces: Awaited<ReturnType<Tracer['flush']>>) => {
    for (const trace of traces) {
      take(trace.request);
      spans += trace.spans;
    }
  };
  for (const [time, round] of rounds.slice(0, times).entries()) {
    const nowUs = requestsUntilUs(requests, time);
    for (const batch of round) tracer.add(batch, nowUs);
    takeAll(await tracer.advance(nowUs));
  }
  takeAll(await tracer.flush());
  return spans;
}

const tagger = new Tagger(indexOf(pods(1000)));
const tagged = batches(rawFlow, rawFlowRows(1000)).map((batch) => tagger.tagFlows(batch));
const objects = tagged.map((batch) =>
  Array.from({ length: batch.length }, (_, row) => JSON.parse(rowToJson(batch, row))),
);
const encoded = tagged.map((batch) => encodeArrow(batch));
const texts = objects.map((rows) => JSON.stringify(rows));
const codecInput = `${lengths(tagged).toLocaleString('en')} tagged flows, ${Math.round(lengths(encoded) / lengths(tagged))} bytes each as Arrow and ${Math.round(lengths(texts) / lengths(tagged))} as JSON`;
await compareLoops({
  name: 'rows-arrow-write',
  title: 'Writing records of a topic: Arrow beside JSON of the same rows',
  input: codecInput,
  unit: 'rows',
  loops: [
    { name: 'Arrow', run: () => (lengths(tagged.map((batch) => encodeArrow(batch))) > 0 ? lengths(tagged) : 0) },
    {
      name: 'JSON.stringify of row objects',
      run: () => (lengths(objects.map((rows) => JSON.stringify(rows))) > 0 ? lengths(tagged) : 0),
    },
  ],
});
await compareLoops({
  name: 'rows-arrow-read',
  title: 'Reading records of a topic: Arrow beside JSON of the same rows',
  input: codecInput,
  unit: 'rows',
  loops: [
    { name: 'Arrow', run: () => lengths(encoded.map(decodeFlows)) },
    { name: 'JSON.parse to row objects', run: () => lengths(texts.map((text) => JSON.parse(text) as unknown[])) },
  ],
});

function decodeFlows(bytes: Uint8Array) {
  const decoded = decodeArrow(taggedFlow, bytes);
  if (!decoded.ok) throw new Error(decoded.reason);
  return decoded.batch;
}
