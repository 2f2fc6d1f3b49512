// Wrong verdicts: how many streams of foreign bytes are taken for a protocol. Expected: under 0.1 % of any kind.
//
// Random bytes, text, TLS application data, pictures and video, from their start or picked up in the middle, half of them on the
// well-known port of some protocol; and every capture in FOLDER, which has one folder per protocol: a name that is neither that
// of the folder nor one that TShark gives to the same conversation is wrong.
// Usage: node bench/false-positives.ts [streams of each kind] [FOLDER] [--write]; --write puts the table into docs/reference
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { protocols } from '@flowloom/l7';
import {
  type ForeignPayload,
  foreignPayloads,
  foreignTalk,
  Random,
  recordedTalks,
  Verdicts,
} from '@flowloom/l7/testing';
import { markdownTable, writeTable } from './lib/marked-table.ts';
import { namesByPorts, portsKey } from './lib/other-opinion.ts';

const LIMIT = 0.001;
const args = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const streams = Number(args[0] ?? 100_000);
const folder = args[1] ?? fileURLToPath(new URL('../../shared/pcaps/l7', import.meta.url));
const page = fileURLToPath(new URL('../docs/reference/recognition.md', import.meta.url));
const wellKnown = protocols.flatMap((protocol) => protocol.ports ?? []);
const verdicts = new Verdicts();

interface Row {
  readonly name: string;
  readonly streams: number;
  readonly wrong: number;
  readonly as: Map<string, number>;
}

const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

function measure(payload: ForeignPayload): Row {
  const random = new Random(1);
  const as = new Map<string, number>();
  let wrong = 0;
  for (let i = 0; i < streams; i++) {
    const port = random.below(2) === 0 ? wellKnown[random.below(wellKnown.length)] : 1024 + random.below(60_000);
    const names = verdicts.of(payload.transport, [40_000, port], foreignTalk(payload, random));
    const bad = names.filter((name) => !payload.right.includes(name));
    if (bad.length === 0) continue;
    wrong++;
    count(as, bad[0]);
  }
  return { name: `${payload.name}, ${payload.transport.toUpperCase()}`, streams, wrong, as };
}

/** Names in our rows for what a folder holds. */
const aliases: Record<string, string[]> = {
  http1: ['http'],
  'jsonrpc-soap': ['http'],
  websocket: ['http', 'websocket'],
  grpc: ['http2'],
};

function measureFolder(name: string): Row {
  const as = new Map<string, number>();
  const expected = [name, ...(aliases[name] ?? [])];
  let [all, wrong] = [0, 0];
  for (const file of readdirSync(join(folder, name)).filter((entry) => /\.(pcap|pcapng|cap)$/.test(entry))) {
    const path = join(folder, name, file);
    let others: Map<string, Set<string>> | undefined;
    for (const { transport, ports, turns } of recordedTalks(path)) {
      all++;
      const foreign = verdicts.of(transport, ports, turns).filter((verdict) => !expected.includes(verdict));
      if (foreign.length === 0) continue;
      others ??= namesByPorts(path);
      const bad = foreign.filter((verdict) => !others!.get(portsKey(ports))?.has(verdict));
      if (bad.length === 0) continue;
      wrong++;
      count(as, bad[0]);
      if (process.argv.includes('--verbose')) console.log(`${path} ${ports.join(' ')}: ${bad.join(', ')}`);
    }
  }
  return { name: `captures of ${name}`, streams: all, wrong, as };
}

const rows = foreignPayloads.map(measure);
if (existsSync(folder)) for (const name of readdirSync(folder).sort()) rows.push(measureFolder(name));
else console.log(`no captures: ${folder} is not there`);

const total = rows.reduce((sum, row) => sum + row.streams, 0);
const wrong = rows.reduce((sum, row) => sum + row.wrong, 0);
const share = (part: number, of: number) => `${((100 * part) / of || 0).toFixed(3)} %`;
const table = markdownTable(
  ['payload', 'streams', 'wrong', 'share', 'taken for'],
  [
    ...rows.map(({ name, streams, wrong, as }) => {
      const what = [...as].map(([protocol, n]) => `${protocol} ${n}`).join(', ');
      return [name, streams.toLocaleString('en'), String(wrong), share(wrong, streams), what];
    }),
    ['all', total.toLocaleString('en'), String(wrong), share(wrong, total), ''],
  ],
);
console.log(table);
if (process.argv.includes('--write')) writeTable(page, 'false-positives', table);
if (rows.some((row) => row.wrong > 1 && row.wrong > LIMIT * row.streams)) process.exitCode = 1;
