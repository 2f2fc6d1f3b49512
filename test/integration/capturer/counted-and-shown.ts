// Runs on a host of the test network: talks HTTP to itself over loopback, and makes flow rows of it twice at the same time, with every
// frame shown and with segments counted in the kernel; then prints a `CountedAndShown`. Usage: node counted-and-shown.ts SECONDS
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawFlow, rowOf } from '@flowloom/records';
import { LoopbackRing } from '../../../services/capturer/src/adapters/ebpf/loopback-ring.ts';
import { loadLibc } from '../../../services/capturer/src/adapters/libc.ts';
import { PacketPipeline } from '../../../services/capturer/src/core/packet-pipeline.ts';
import type { FrameSink } from '../../../services/capturer/src/core/packet-source.ts';

export interface Seen {
  readonly rows: RawFlow[];
  frames: number;
  runs: number;
  received: number;
  dropped: number;
}

export interface CountedAndShown {
  readonly shown: Seen;
  readonly counted: Seen;
  readonly requests: number;
}

const untilMs = Date.now() + Number(process.argv[2]) * 1000;
const libc = loadLibc();

class Watcher {
  readonly seen: Seen = { rows: [], frames: 0, runs: 0, received: 0, dropped: 0 };
  readonly #ring: LoopbackRing;
  readonly #pipeline: PacketPipeline;
  readonly #sink: FrameSink;

  constructor(mayCount: boolean) {
    const { seen } = this;
    const pipeline = new PacketPipeline({
      flows: (batch) => {
        for (let row = 0; row < batch.length; row++) seen.rows.push(rowOf(batch, row));
      },
      requests: null,
      l7: null,
    });
    const site = pipeline.addInterface({ agent: 'test', name: 'lo', source: 'af_packet', kind: 'node' });
    this.#pipeline = pipeline;
    this.#sink = {
      frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, _index, vlan, direction) {
        seen.frames++;
        pipeline.frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, site, vlan, direction);
      },
      run(bytes, start, capturedBytes, wireBytes, linkType, _index, run) {
        seen.runs++;
        pipeline.run(bytes, start, capturedBytes, wireBytes, linkType, site, run);
      },
      settle: () => pipeline.settle(),
      interfaces() {},
      failed() {},
    };
    this.#ring = new LoopbackRing(libc, 1, 1 << 25, { snaplen: 256, own: [], mayCount });
  }

  read(): void {
    this.#ring.read(this.#sink, Number.POSITIVE_INFINITY);
  }

  stop(): void {
    this.#ring.stop();
  }

  close(): void {
    this.read();
    this.#ring.readStatistics();
    this.seen.received = this.#ring.received;
    this.seen.dropped = this.#ring.dropped;
    this.#ring.close();
    this.#pipeline.flush();
  }
}

const server = http.createServer(({ url }, response) => {
  const bytes = Number(url!.slice(1));
  const answer = () => response.end(Buffer.alloc(bytes, 'a'));
  if (bytes === 7) setTimeout(answer, 30);
  else answer();
});
await once(server.listen(0), 'listening');
const { port } = server.address() as AddressInfo;
const kept = new http.Agent({ keepAlive: true });
const each = new http.Agent({ keepAlive: false });
/** Small answers, late ones, and some that fill the window of the receiver. */
const sizes = [100, 100, 100, 1, 7, 50_000, 2_000_000];
let requests = 0;

async function ask(number: number): Promise<void> {
  const agent = number === 0 ? each : kept;
  for (let turn = number; Date.now() < untilMs; turn++) {
    const host = number % 2 === 0 ? '127.0.0.1' : '::1';
    const [response] = await once(http.get({ host, port, agent, path: `/${sizes[turn % sizes.length]}` }), 'response');
    await once(response.resume(), 'end');
    requests++;
  }
}

const watchers = [new Watcher(false), new Watcher(true)];
const timer = setInterval(() => {
  for (const watcher of watchers) watcher.read();
}, 20);
await Promise.all(Array.from({ length: 10 }, (_, number) => ask(number)));
await sleep(100);
clearInterval(timer);
for (const watcher of watchers) watcher.stop();
await sleep(20);
for (const watcher of watchers) watcher.close();
const [shown, counted] = watchers.map(({ seen }) => seen);
const result: CountedAndShown = { shown, counted, requests };
process.stdout.write(JSON.stringify(result), () => process.exit());
