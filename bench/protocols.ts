// What each protocol costs: recorded conversations, fed to the parsers over and over, payload to requests (no packets, no rows).
// CPU time, so that a busy machine does not count; a table of requests and bytes per second and core, and the bytes of state that
// a connection keeps between two requests. Expected: no protocol ten times dearer than HTTP/1.1 per request, but for those that decrypt
// or inflate; under 1 KiB for a connection at rest, also with 100,000 of them.
// Then the same conversations as packets of a capture file, read to rows, beside TShark, which reads every message too, and nDPI, which
// only recognises them. Expected: less CPU time for each packet than TShark, and a few times that of nDPI.
// Usage: node --expose-gc bench/protocols.ts [--write] [--only NAME] [FOLDER...]: folders of captures; by default the project's
// recordings and those of ../shared, where they are. --write puts the tables into docs/reference/protocol-cost.md.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Direction, L7Engine } from '@flowloom/l7';
import { bytesOf, type RecordedTalk, recordedTalks } from '@flowloom/l7/testing';
import { markdownTable, writeTable } from './lib/marked-table.ts';
import { ownCpu } from './lib/process-cpu.ts';
import { besideRivals } from './lib/protocol-rivals.ts';

const SECONDS = 0.6;
const IDLE = 10_000;
const MAX_TALKS = 200;
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const { values: flags, positionals: given } = parseArgs({
  options: { write: { type: 'boolean' }, only: { type: 'string' } },
  allowPositionals: true,
});
const folders = given.length > 0 ? given : [at('../test/fixtures/recordings'), at('../../shared/pcaps/l7')];

function* captures(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() || entry.isSymbolicLink()) yield* captures(path);
    else if (/\.(pcap|pcapng)$/.test(entry.name)) yield path;
  }
}

/** An engine that counts. */
class Meter {
  requests = 0;
  protocol = '';
  readonly engine = new L7Engine({
    request: (exchange) => {
      this.requests++;
      this.protocol = exchange.protocol;
    },
  });

  play(talk: RecordedTalk, close: boolean): unknown {
    const info = { transport: talk.transport, ports: talk.ports };
    if (talk.transport !== 'tcp') {
      const connection = this.engine.openDatagrams(info);
      for (const { direction, bytes } of talk.turns)
        connection.datagram(direction, bytes as Uint8Array, 0, bytes.length, bytes.length, 1);
      if (close) connection.close(2);
      return connection;
    }
    const connection = this.engine.openStream(info);
    const next: [number, number] = [1, 1];
    for (const { direction, bytes } of talk.turns) {
      connection.segment(
        direction as Direction,
        next[direction],
        bytes as Uint8Array,
        0,
        bytes.length,
        bytes.length,
        1,
        16,
      );
      next[direction] += bytes.length;
    }
    if (close) connection.close(2);
    return connection;
  }
}

const byProtocol = new Map<string, RecordedTalk[]>();
for (const folder of folders.filter(existsSync)) {
  for (const file of captures(folder)) {
    for (const talk of recordedTalks(file)) {
      const meter = new Meter();
      meter.play(talk, true);
      if (meter.requests === 0 || (flags.only ?? meter.protocol) !== meter.protocol) continue;
      const talks = byProtocol.get(meter.protocol) ?? [];
      byProtocol.set(meter.protocol, talks);
      if (talks.length < MAX_TALKS) talks.push(talk);
    }
  }
}

interface Cost {
  readonly protocol: string;
  readonly talks: number;
  readonly requestsPerTalk: number;
  readonly microseconds: number;
  readonly megabytesPerSecond: number;
  readonly idleBytes: number;
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Does the recording end between two messages? Else the rest of one would count as state. */
function isAtRest(talk: RecordedTalk): boolean {
  const meter = new Meter();
  meter.play(talk, false);
  return meter.engine.stats.heldBytes === 0;
}

/** Bytes that a connection holds once all that it asked has been answered or given up. */
function idleBytes(all: readonly RecordedTalk[], connections: number): number {
  const talks = all.filter(isAtRest);
  if (talks.length === 0) return 0;
  const meter = new Meter();
  const open: unknown[] = new Array(connections);
  for (let i = 0; i < Math.min(connections, talks.length); i++) meter.play(talks[i], true); // what all of them share
  const before = heap();
  for (let i = 0; i < connections; i++) open[i] = meter.play(talks[i % talks.length], false);
  meter.engine.tick(1e15);
  const after = heap();
  return open.length > 0 ? (after - before) / connections : 0;
}

function measure(protocol: string, talks: readonly RecordedTalk[]): Cost {
  const bytes = talks.reduce(
    (sum, talk) => sum + talk.turns.reduce((all, turn) => all + bytesOf(turn.bytes).length, 0),
    0,
  );
  const meter = new Meter();
  const warm = ownCpu();
  while (ownCpu() - warm < SECONDS / 3) for (const talk of talks) meter.play(talk, true);
  const [before, started] = [meter.requests, ownCpu()];
  let rounds = 0;
  for (; ownCpu() - started < SECONDS; rounds++) for (const talk of talks) meter.play(talk, true);
  const seconds = ownCpu() - started;
  const requests = meter.requests - before;
  return {
    protocol,
    talks: talks.length,
    requestsPerTalk: requests / rounds / talks.length,
    microseconds: (1e6 * seconds) / requests,
    megabytesPerSecond: (bytes * rounds) / seconds / 1e6,
    idleBytes: idleBytes(talks, IDLE),
  };
}

const costs = [...byProtocol].map(([protocol, talks]) => measure(protocol, talks));
costs.sort((a, b) => a.microseconds - b.microseconds);
const plain = costs.find((cost) => cost.protocol === 'http');
const table = markdownTable(
  [
    'protocol',
    'conversations',
    'requests in each',
    'requests/s and core',
    'of the cost of HTTP/1.1',
    'MB/s',
    'bytes at rest',
  ],
  costs.map((cost) => [
    cost.protocol,
    String(cost.talks),
    cost.requestsPerTalk.toFixed(1),
    `${Math.round(1000 / cost.microseconds).toLocaleString('en')} k`,
    plain ? (cost.microseconds / plain.microseconds).toFixed(2) : '',
    cost.megabytesPerSecond.toFixed(0),
    Math.round(cost.idleBytes).toLocaleString('en'),
  ]),
);
console.log(table);
const many = byProtocol.get('http');
const crowd = many ? Math.round(idleBytes(many.slice(0, 1), 100_000)) : 0;
console.log(`100,000 HTTP/1.1 connections at rest: ${crowd} bytes each`);
const rivals = besideRivals(byProtocol);
console.log(rivals);
if (flags.write) {
  const page = at('../docs/reference/protocol-cost.md');
  writeTable(page, 'protocol-cost', table);
  writeTable(page, 'protocol-rivals', rivals);
  writeTable(page, 'crowd', `100,000 HTTP/1.1 connections at rest take ${crowd} bytes each.`);
}
