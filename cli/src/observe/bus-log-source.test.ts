import { EmbeddedBus } from '@flowloom/bus/embedded';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BusLogSource } from './bus-log-source.ts';

const topics = ['flow-logs', 'request-logs'];

describe('BusLogSource', () => {
  let bus: EmbeddedBus;
  let ended: AbortController;

  beforeEach(async () => {
    bus = new EmbeddedBus();
    ended = new AbortController();
    await bus.createTopics(topics.map((name) => ({ name, partitions: 2 })));
  });
  afterEach(() => bus.close());

  const send = async (topic: string, partition: number, ...values: string[]) => {
    const producer = bus.producer();
    await producer.send(values.map((value) => ({ topic, partition, value })));
    await producer.close();
  };
  const lines = (last: number, follow: boolean) =>
    new BusLogSource(bus, topics).lines({ last, follow, signal: ended.signal });
  const read = async (last: number) => {
    const found = [];
    for await (const line of lines(last, false)) found.push(line);
    return found.sort();
  };

  it('reads the last lines of every partition of its topics, and ends', async () => {
    await send('flow-logs', 0, 'a1', 'a2', 'a3');
    await send('request-logs', 1, 'b1');
    expect(await read(2)).toEqual(['a2', 'a3', 'b1']);
  });

  it('ends at once where nothing is there, or nothing of the past is wanted', async () => {
    expect(await read(10)).toEqual([]);
    await send('flow-logs', 0, 'a1');
    expect(await read(0)).toEqual([]);
  });

  it('goes on with what comes until it is told to end', async () => {
    await send('flow-logs', 0, 'past');
    const found: string[] = [];
    for await (const line of lines(1, true)) {
      found.push(line);
      if (line === 'past') await send('request-logs', 0, 'new');
      else ended.abort();
    }
    expect(found).toEqual(['past', 'new']);
  });

  it('commits nothing: whoever asks again sees the same', async () => {
    await send('flow-logs', 1, 'a1', 'a2');
    expect(await read(9)).toEqual(['a1', 'a2']);
    expect(await read(9)).toEqual(['a1', 'a2']);
  });
});
