import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type KnownCall, readCalls } from './jaeger-traces.ts';
import { Bench, type Row, request, type SeenSpan } from './scenario.ts';

/** Edges of a recording: how many got their true parent, another one, or none. `foreign`: roots that got a parent. */
export interface Score {
  readonly name: string;
  readonly edges: number;
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
  readonly foreign: number;
}

/** How often the tracer gets rows and hands out spans. */
const STEP_US = 500e3;

/** Runs the tracer over every recording in a folder, without telling it what caused what. */
export async function scoreInference(folder: string, isWanted = (_: string) => true): Promise<Score[]> {
  const scores: Score[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.jsonl.gz') || !isWanted(file)) continue;
    scores.push({ name: file.replace('.jsonl.gz', ''), ...(await score(readCalls(join(folder, file)))) });
  }
  return scores;
}

async function score(calls: readonly KnownCall[]): Promise<Omit<Score, 'name'>> {
  const spans = await trace(calls);
  const callOf = new Map(spans.map((span) => [span.spanId, String(span.attributes['flowloom.request_id'])]));
  const found = new Map<string, string>();
  for (const span of spans) {
    if (span.attributes['flowloom.link'] !== 'inferred') continue;
    found.set(String(span.attributes['flowloom.request_id']), callOf.get(span.parentSpanId ?? '') ?? '');
  }
  const ids = new RequestIds(calls);
  const guesses = calls.map((call) => ({ call, guess: [...ids.of(call)].map((id) => found.get(id)).find(Boolean) }));
  const isRight = ({ call, guess }: (typeof guesses)[number]) => ids.callOf(guess) === call.parent;
  const edges = guesses.filter(({ call }) => call.parent !== '');
  const guessed = edges.filter(({ guess }) => guess !== undefined);
  const right = guessed.filter(isRight).length;
  return {
    edges: edges.length,
    right,
    wrong: guessed.length - right,
    missing: edges.length - guessed.length,
    foreign: guesses.filter(({ call, guess }) => call.parent === '' && guess !== undefined).length,
  };
}

/** Rows arrive when their request ends, as from a capturer. */
async function trace(calls: readonly KnownCall[]): Promise<SeenSpan[]> {
  const ids = new RequestIds(calls);
  // Where calls were recorded at one end only, the other's clock is the same: all ran on one machine.
  const isOneMachine = calls.some(({ sent, client }) => sent === undefined && client !== '');
  const rows = calls.flatMap((call, i) => rowsOf(call, i + 1, ids, isOneMachine)).sort((a, b) => a.end_us! - b.end_us!);
  const bench = new Bench();
  const spans: SeenSpan[] = [];
  for (let at = 0; at < rows.length; ) {
    const from = at;
    bench.nowUs = rows[from].end_us! + STEP_US;
    while (at < rows.length && rows[at].end_us! <= bench.nowUs) at++;
    bench.add(...rows.slice(from, at));
    spans.push(...(await bench.after(0)));
  }
  return [...spans, ...(await bench.flush())];
}

function rowsOf(call: KnownCall, number: number, ids: RequestIds, isOneMachine: boolean): Row[] {
  const { client, server, sent, received } = call;
  const [sentId, receivedId] = ids.of(call);
  const common = {
    req_tcp_seq: number,
    resp_tcp_seq: number,
    client_ip: addressOf(client),
    server_ip: addressOf(server),
  };
  const rows: Row[] = [];
  if (sent) {
    const agent = isOneMachine ? 'machine' : client;
    rows.push(request({ ...common, ...ends(sent), agent, request_id: sentId, observation_point: 'c' }));
  }
  if (received) {
    const agent = isOneMachine ? 'machine' : server;
    const observation_point = sent || client === '' ? 's' : 'rest';
    rows.push(request({ ...common, ...ends(received), agent, request_id: receivedId, observation_point }));
  }
  return rows;
}

function ends({ startUs, endUs }: { startUs: number; endUs: number }): Row {
  return { start_us: startUs, end_us: endUs };
}

/** Two request ids for each call: as the caller and as the called service saw it. */
class RequestIds {
  readonly #numbers = new Map<KnownCall, number>();
  readonly #calls = new Map<string, string>();

  constructor(calls: readonly KnownCall[]) {
    for (const [i, call] of calls.entries()) {
      this.#numbers.set(call, 2 * i + 1);
      for (const id of this.of(call)) this.#calls.set(id, call.id);
    }
  }

  of(call: KnownCall): [string, string] {
    const number = this.#numbers.get(call)!;
    return [number, number + 1].map((one) => one.toString(16).padStart(16, '0')) as [string, string];
  }

  callOf(requestId: string | undefined): string | undefined {
    return requestId === undefined ? undefined : this.#calls.get(requestId);
  }
}

/** An address in 10.1.0.0/16 for every name. */
const numbers = new Map<string, number>();
function addressOf(service: string): string {
  const number = numbers.get(service) ?? numbers.size;
  numbers.set(service, number);
  return `10.1.${number >> 8}.${number & 255}`;
}

function percent(count: number, all: number): string {
  return `${((100 * count) / all).toFixed(2)} %`.padStart(9);
}

export function table(scores: readonly Score[]): string {
  const head = `${'recording'.padEnd(56)}   edges    right    wrong  missing  foreign`;
  const lines = scores.map(({ name, edges, right, wrong, missing, foreign }) =>
    [
      name.padEnd(56),
      String(edges).padStart(7),
      ...[right, wrong, missing, foreign].map((n) => percent(n, edges)),
    ].join(''),
  );
  return [head, ...lines].join('\n');
}
