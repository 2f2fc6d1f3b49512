import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RequestLog } from '@flowloom/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../../cli/src/replay/replay.ts';
import { comparable, rowsOf } from '../live/compare.ts';
import { leaked, outputNames, readOutputs } from '../live/outputs.ts';
import { type Recording, readRecording, recordings, startedLate } from '../live/recordings.ts';
import { scenarios } from '../live/scenarios/index.ts';
import { compressedTraces } from '../live/scenarios/kafka.ts';

const lateStarts = [0.1, 0.25, 0.4, 0.55, 0.7, 0.85];

/** Where a request begins. */
const startOf = (row: RequestLog) => [row.client_ip, row.client_port, row.server_port, row.req_tcp_seq].join(' ');

async function replayed(file: string, out: string): Promise<Map<string, string>> {
  await replay(
    {
      ...{ files: [file], out, each: false, resources: undefined, requests: true, json: false },
      ...{ decodeAs: new Map(), snaplen: Number.POSITIVE_INFINITY },
    },
    () => {},
  );
  return readOutputs(out);
}

const recorded = scenarios.filter(({ liveOnly }) => !liveOnly);

it('has a recording of every scenario, and no other', () => {
  const files = recorded.flatMap(({ name }) => [`${name}.json`, `${name}.pcap`]);
  expect(readdirSync(recordings).filter((name) => name !== 'README.md')).toEqual(files.sort());
});

describe.each(recorded)('the recording $name: $about', (scenario) => {
  const capture = join(recordings, `${scenario.name}.pcap`);
  let folder: string;
  let outputs: ReadonlyMap<string, string>;
  let recording: Recording;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'flowloom-recording-'));
    recording = readRecording(scenario.name);
    outputs = await replayed(capture, join(folder, 'out'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives request logs of exactly the requests that were made', () => {
    const rows = rowsOf(outputs, scenario.ports);
    const { seen, wanted } = comparable(rows, recording.requests, scenario);
    expect(seen).toEqual(wanted);
  });

  it.each(lateStarts)('makes no request up when the capture starts at %d of it', async (share) => {
    const late = join(folder, 'late.pcap');
    writeFileSync(late, startedLate(readFileSync(capture), share));
    const rows = rowsOf(await replayed(late, join(folder, 'late')), scenario.ports);
    const starts = new Set(rowsOf(outputs, scenario.ports).map(startOf));
    // AMQP 1.0 is the same both ways: an answer whose question was not seen is taken for one.
    const counts = (row: RequestLog) => row.has_request && !row.is_one_way && row.version !== '1.0.0';
    const madeUp = rows.filter((row) => counts(row) && !starts.has(startOf(row)));
    expect(madeUp).toEqual([]);
  });

  it('gives each request the sequence number of its own first byte', () => {
    const asked = rowsOf(outputs, scenario.ports).filter(
      ({ has_request, transport }) => has_request && transport === 'tcp',
    );
    const starts = asked.map(startOf);
    expect(starts.filter((start, i) => starts.indexOf(start) !== i)).toEqual([]);
  });

  it.each(outputNames)('keeps its secrets out of %s', (name) => {
    const text = outputs.get(name)!;
    expect(text.length).toBeGreaterThan(0);
    expect(leaked(text, recording.secrets)).toEqual([]);
  });

  it('does hold these secrets', () => {
    expect(existsSync(capture)).toBe(true);
    const bytes = readFileSync(capture).toString('latin1');
    const packed = scenario.packedSecrets ?? [];
    expect(recording.secrets.filter((secret) => !packed.includes(secret) && !bytes.includes(secret))).toEqual([]);
  });
});

it('finds the trace context of Kafka batches in every compression', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-recording-'));
  const rows = rowsOf(await replayed(join(recordings, 'kafka.pcap'), folder), [9092]);
  const produced = rows.filter(({ request_type }) => request_type === 'Produce');
  expect(produced.map(({ trace_id }) => trace_id)).toEqual(expect.arrayContaining([...compressedTraces]));
  rmSync(folder, { recursive: true });
});
