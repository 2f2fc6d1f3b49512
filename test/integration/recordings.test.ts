import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay } from '../../cli/src/replay/replay.ts';
import { comparable, rowsOf } from '../live/compare.ts';
import { leaked, outputNames, readOutputs } from '../live/outputs.ts';
import { type Recording, readRecording, recordings } from '../live/recordings.ts';
import { scenarios } from '../live/scenarios/index.ts';

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
    await replay(
      {
        ...{ files: [capture], out: folder, each: false, resources: undefined, requests: true, json: false },
        ...{ decodeAs: new Map(), snaplen: Number.POSITIVE_INFINITY },
      },
      () => {},
    );
    outputs = readOutputs(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives request logs of exactly the requests that were made', () => {
    const rows = rowsOf(outputs, scenario.ports);
    const { seen, wanted } = comparable(rows, recording.requests, scenario);
    expect(seen).toEqual(wanted);
  });

  it('gives each request the sequence number of its own first byte', () => {
    const asked = rowsOf(outputs, scenario.ports).filter(
      ({ has_request, transport }) => has_request && transport === 'tcp',
    );
    const starts = asked.map(({ client_ip, client_port, server_port, req_tcp_seq }) =>
      [client_ip, client_port, server_port, req_tcp_seq].join(' '),
    );
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
