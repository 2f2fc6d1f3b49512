import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replay } from './replay.ts';
import type { FileSummary, ReplayOptions } from './replay-options.ts';
import { pcapFile } from './testing/pcap-file.ts';

/** Frames of a DNS exchange, written by hand after RFC 1035 4: a query for a.example, type A, and its answer. */
const query = 'abcd010000010000000000000161076578616d706c6500' + '00010001';
const answer = 'abcd818000010001000000000161076578616d706c6500' + '00010001' + 'c00c000100010000003c0004c0000201';

function frame(isQuery: boolean): Buffer {
  const payload = Buffer.from(isQuery ? query : answer, 'hex');
  const [source, destination] = isQuery ? ['0a000001', '0a000002'] : ['0a000002', '0a000001'];
  const ports = isQuery ? 'c0000035' : '0035c000';
  const hex16 = (n: number) => n.toString(16).padStart(4, '0');
  const ip = `4500${hex16(28 + payload.length)}0000000040110000${source}${destination}`;
  const udp = `${ports}${hex16(8 + payload.length)}0000`;
  return Buffer.concat([Buffer.from(`020000000002${'020000000001'}0800${ip}${udp}`, 'hex'), payload]);
}

const startUs = 1_700_000_000_000_000;
const capture = pcapFile([frame(true), frame(false)], startUs);

describe('replay', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flowloom-replay-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, bytes: Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const out = () => join(folder, 'out');
  const lines = (...path: string[]) =>
    readFileSync(join(out(), ...path), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const run = async (files: string[], more: Partial<ReplayOptions> = {}) => {
    const summaries: FileSummary[] = [];
    const options = {
      out: out(),
      each: false,
      resources: undefined,
      snaplen: Number.POSITIVE_INFINITY,
      requests: true,
    };
    const exitCode = await replay({ ...options, decodeAs: new Map(), json: false, files, ...more }, (summary) => {
      summaries.push(summary);
    });
    return { exitCode, summaries };
  };

  it('writes the flow, its request, a trace and metrics of a capture', async () => {
    const file = write('dns.pcap', capture);
    const { exitCode, summaries } = await run([file]);
    expect(exitCode).toBe(0);
    expect(summaries).toEqual([{ file, packets: 2, flows: 1, requests: 1, ignored: {}, error: null }]);
    expect(lines('flow-logs.ndjson')).toMatchObject([
      { agent: 'dns.pcap', client_ip: '10.0.0.1', server_port: 53, packets_tx: 1, packets_rx: 1, l7_protocol: 'dns' },
    ]);
    expect(lines('request-logs.ndjson')).toMatchObject([
      { protocol: 'dns', start_us: startUs, duration_us: 1000, response_status: 'ok' },
    ]);
    const [{ resourceSpans }] = lines('traces.ndjson');
    expect(resourceSpans[0].scopeSpans[0].spans[0]).toMatchObject({ startTimeUnixNano: `${startUs}000` });
    expect(lines('metrics.ndjson')[0].resourceMetrics).toHaveLength(1);
  });

  it('ends flows by the time-outs it is given, and says which packets belong to none', async () => {
    const arp = Buffer.alloc(42);
    arp.writeUInt16BE(0x0806, 12);
    const file = write('dns.pcap', pcapFile([frame(true), arp, ...Array(4).fill(frame(false))], startUs, 2_000_000));
    const flows = async (more: Partial<ReplayOptions>) => (await run([file], more)).summaries[0];
    expect(await flows({})).toMatchObject({ packets: 6, flows: 1, ignored: { arp: 1 } });
    expect(await flows({ timeouts: { otherMs: 1000 } })).toMatchObject({ flows: 5 });
  });

  it('gives the same bytes every time', async () => {
    const file = write('dns.pcap', capture);
    const names = ['flow-logs.ndjson', 'request-logs.ndjson', 'traces.ndjson', 'metrics.ndjson'];
    await run([file]);
    const first = names.map((name) => readFileSync(join(out(), name), 'utf8'));
    await run([file]);
    expect(names.map((name) => readFileSync(join(out(), name), 'utf8'))).toEqual(first);
  });

  it('takes several files for one observation, each an observation point: one trace', async () => {
    const { summaries } = await run([
      write('client.pcap', capture),
      write('server.pcap', pcapFile([frame(true), frame(false)], startUs + 100)),
    ]);
    expect(summaries.map(({ requests }) => requests)).toEqual([1, 1]);
    expect(
      lines('request-logs.ndjson')
        .map(({ agent }) => agent)
        .sort(),
    ).toEqual(['client.pcap', 'server.pcap']);
    expect(lines('traces.ndjson')).toHaveLength(1);
  });

  it('with each, runs every file by itself, also two of one name', async () => {
    const file = write('dns.pcap', capture);
    await run([file, file], { each: true });
    expect(lines('dns.pcap', 'flow-logs.ndjson')).toHaveLength(1);
    expect(lines('dns.pcap-2', 'flow-logs.ndjson')).toHaveLength(1);
    expect(existsSync(join(out(), 'flow-logs.ndjson'))).toBe(false);
  });

  it('reads gzip', async () => {
    const { summaries } = await run([write('dns.pcap.gz', gzipSync(capture))]);
    expect(summaries[0]).toMatchObject({ packets: 2, error: null });
  });

  it('keeps what was readable of a cut file, says where it ends, and fails', async () => {
    const { exitCode, summaries } = await run([write('cut.pcap', capture.subarray(0, -3))]);
    expect(exitCode).toBe(1);
    expect(summaries[0]).toMatchObject({ packets: 1, flows: 1 });
    expect(summaries[0].error).toMatch(/cut short \(at byte \d+\)/);
    expect(lines('flow-logs.ndjson')).toHaveLength(1);
  });

  it.each([
    ['no such file', 'missing.pcap', undefined],
    ['the file is empty', 'empty.pcap', ''],
    ['not a pcap or pcapng file', 'text.pcap', 'hello, I am no capture'],
    ['cut short', 'cut.gz', gzipSync(capture).subarray(0, 60)],
  ])('says "%s" and goes on with the others', async (message, name, content) => {
    const bad = content === undefined ? join(folder, name) : write(name, Buffer.from(content));
    const { exitCode, summaries } = await run([bad, write('dns.pcap', capture)]);
    expect(exitCode).toBe(1);
    expect(summaries[0].error).toContain(message);
    expect(summaries[1]).toMatchObject({ packets: 2, error: null });
  });

  it('looks at no more of a frame than the snap length', async () => {
    const { summaries } = await run([write('dns.pcap', capture)], { snaplen: 42 });
    expect(summaries[0]).toMatchObject({ packets: 2, flows: 1, requests: 0 });
  });

  it('refuses an inventory that cannot be used before it reads a packet', async () => {
    const inventory = write('inventory.yaml', Buffer.from('nonsense: 1\n'));
    await expect(run([write('dns.pcap', capture)], { resources: inventory })).rejects.toMatchObject({ exitCode: 2 });
    await expect(run([], { resources: resolve('/nowhere.yaml') })).rejects.toMatchObject({ exitCode: 2 });
  });
});
