import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '@flowloom/bus';
import { type Topic, topicName, topics } from '@flowloom/records';

/** What each service reads, in the embedded bus of `flowloom run`; groups bear the service's name. */
const inputs: Readonly<Record<string, readonly Topic[]>> = {
  tagger: [topics.flowsRaw, topics.requestsRaw],
  aggregator: [topics.flows, topics.requests],
  tracer: [topics.requests],
  observe: [topics.flowLogs, topics.requests, topics.otlpSpans, topics.otlpMetrics],
};
const prefix = 'flowloom.';
const lookMs = 50;
/** A service whose commits stand still for so long has read what it can: open minutes hold back an aggregator's. */
const stillMs = 400;
const longestMs = 5000;

/** Waits until a service has read what those before it left, so that closing loses nothing. */
export async function untilRead(service: string, bus: Bus): Promise<void> {
  const names = (inputs[service] ?? []).map((topic) => topicName(topic, prefix));
  let before = Number.NaN;
  let changedMs = performance.now();
  const start = changedMs;
  for (;;) {
    const lag = await lagOf(bus, `flowloom-${service}`, names);
    const now = performance.now();
    if (lag !== before) changedMs = now;
    before = lag;
    if (lag === 0 || now - changedMs > stillMs || now - start > longestMs) return;
    await sleep(lookMs);
  }
}

async function lagOf(bus: Bus, groupId: string, names: readonly string[]): Promise<number> {
  let lag = 0;
  for (const name of names) {
    const committed = await bus.committed(groupId, name);
    const ends = await bus.endOffsets(name);
    for (const [partition, end] of ends.entries()) lag += end - (committed.get(partition)?.offset ?? 0);
  }
  return lag;
}
