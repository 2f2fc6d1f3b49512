import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { replay } from './replay.ts';

/** Recorded from real servers: HTTP, SQL, DNS and others. */
const recordings = fileURLToPath(new URL('../../../test/fixtures/recordings/', import.meta.url));
const files = readdirSync(recordings, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.pcap'))
  .map((name) => join(recordings, name));

describe('packet threads', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-threads-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = async (threads: number, paths = files) => {
    const out = join(folder, String(threads));
    const options = { each: false, resources: undefined, snaplen: 65_535, requests: true, json: false };
    const summaries: object[] = [];
    const report = (summary: object) => summaries.push(summary);
    const exitCode = await replay({ ...options, out, files: paths, decodeAs: new Map(), threads }, report);
    const lines = (name: string) => readFileSync(join(out, name), 'utf8').split('\n');
    return { exitCode, summaries, flows: lines('flow-logs.ndjson'), requests: lines('request-logs.ndjson') };
  };

  it('one gives what the main thread gives, line by line', async () => {
    const alone = await run(0);
    expect(alone.requests.length).toBeGreaterThan(100);
    expect(await run(1)).toEqual(alone);
  });

  it('several share the flows out: every row once, in the same order every time', async () => {
    // Names of Kafka's topic ids are learned on other connections: a thread knows those of its own share only.
    const paths = files.filter((path) => !path.endsWith('kafka.pcap'));
    const alone = await run(0, paths);
    const three = await run(3, paths);
    expect(three.summaries).toEqual(alone.summaries);
    expect(three.flows.toSorted()).toEqual(alone.flows.toSorted());
    expect(three.requests.toSorted()).toEqual(alone.requests.toSorted());
    expect(await run(3, paths)).toEqual(three);
  });

  it('tell of a file that cannot be read as the main thread does', async () => {
    const missing = [join(folder, 'none.pcap')];
    expect(await run(2, missing)).toEqual(await run(0, missing));
  });
});
