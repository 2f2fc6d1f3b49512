import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BusRecord } from '@flowloom/bus';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { rowOf, type TaggedFlow, taggedFlow } from '@flowloom/records';
import { decodeArrow, encodeArrow } from '@flowloom/records/arrow';
import { bootstrapServices, commonSections, loadConfig, type RunningServices } from '@flowloom/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { taggerConfig } from './tagger.config.ts';
import { taggerService } from './tagger.module.ts';
import { flowBatch } from './testing/rows.ts';

describe('tagger service, on the embedded bus', () => {
  let folder: string;
  let inventoryFile: string;
  let running: RunningServices | undefined;
  const outputs: BusRecord[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tagger-'));
    inventoryFile = join(folder, 'inventory.yaml');
    outputs.length = 0;
  });
  afterEach(async () => {
    await running?.close();
    running = undefined;
    await rm(folder, { recursive: true });
  });

  async function start(inventory: string): Promise<RunningServices> {
    await writeFile(inventoryFile, inventory);
    const env = {
      FLOWLOOM_HTTP_PORT: '0',
      FLOWLOOM_HTTP_HOST: '127.0.0.1',
      FLOWLOOM_LOG_LEVEL: 'silent',
      FLOWLOOM_TAGGER_INVENTORY_FILE: inventoryFile,
    };
    const config = loadConfig([...commonSections, taggerConfig], { env });
    running = await bootstrapServices({ services: [taggerService], config, openBus: () => new EmbeddedBus() });
    await running.bus.consume(
      { groupId: 'test', topics: ['flowloom.flows', 'flowloom.dead-letter'] },
      {
        eachBatch: async ({ records, partition }) => {
          outputs.push(...records);
          await partition.commit({ offset: records.at(-1)!.offset + 1 });
        },
      },
    );
    return running;
  }
  const send = (value: Uint8Array | string) =>
    running!.bus.producer().send([{ topic: 'flowloom.flows.raw', key: 'pair', partition: 5, value }]);
  const rows = (): TaggedFlow[] =>
    outputs.flatMap(({ value, topic }) => {
      const decoded = topic === 'flowloom.flows' ? decodeArrow(taggedFlow, value!) : undefined;
      return decoded?.ok ? [rowOf(decoded.batch, 0)] : [];
    });

  it('tags what comes, keeps key and partition, and sends poison to the dead-letter topic', async () => {
    await start('hosts: [{name: desk, addresses: [10.0.0.1]}]');
    await send('poison');
    await send(encodeArrow(flowBatch({ packets_tx: 4 })));
    await vi.waitFor(() => expect(outputs).toHaveLength(2), 5000);
    expect(rows()).toMatchObject([{ client_host: 'desk', packets_tx: 4, tag_state: 'unknown' }]);
    const tagged = outputs.find(({ topic }) => topic === 'flowloom.flows')!;
    expect([String(tagged.key), tagged.partition]).toEqual(['pair', 5]);
    expect(tagged.headers['flowloom-record'].toString()).toBe('flows');
    const dead = outputs.find(({ topic }) => topic === 'flowloom.dead-letter')!;
    expect([String(dead.value), String(dead.key)]).toEqual(['poison', 'flowloom.flows.raw']);
  });

  it('takes a changed inventory over while it runs, and keeps the former one when the new one is wrong', async () => {
    const { url } = await start('hosts: [{name: desk, addresses: [10.0.0.9]}]');
    const metrics = async () => (await fetch(`${url}/metrics`)).text();
    await writeFile(inventoryFile, 'hosts: [{name: desk, addresses: [10.0.0.999]}]');
    await vi.waitFor(async () => expect(await metrics()).toContain('inventory_rejections_total 1'), 5000);
    await writeFile(inventoryFile, 'hosts: [{name: tower, addresses: [10.0.0.1], from: "2020-01-01T00:00:00Z"}]');
    await vi.waitFor(async () => expect(await metrics()).toContain('inventory_loads_total 2'), 5000);
    await vi.waitFor(async () => {
      outputs.length = 0;
      await send(encodeArrow(flowBatch({ start_us: Date.now() * 1000 })));
      await vi.waitFor(() => expect(outputs.length).toBeGreaterThan(0), 2000);
      expect(rows()).toMatchObject([{ client_host: 'tower' }]);
    }, 5000);
  });

  it('does not start with an inventory that cannot be used, and says where it is wrong', async () => {
    await expect(start('hosts:\n  - {name: 1}\n')).rejects.toThrow(/inventory\.yaml:2:12: hosts\[0\]\.name: /);
  });
});
