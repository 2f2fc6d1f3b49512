import type { ConnectionInfo } from '../engine/connection.ts';
import { L7Engine } from '../engine/engine.ts';
import type { Protocol } from '../protocol.ts';
import { type MutatedTurn, Mutator } from './mutator.ts';
import type { Turn } from './recorder.ts';

/** What a run has shown; a parser is sound if it threw nothing and kept within these. */
export interface FuzzReport {
  inputs: number;
  /** CPU time of the slowest input, ms: the best of four runs of it, so that a busy machine does not count. */
  slowestMs: number;
  /** Most bytes held at any time. */
  mostHeldBytes: number;
  /** Bytes held after all connections were closed: must be 0. */
  heldAtEnd: number;
  requests: number;
}

/** An input that takes longer is measured again. */
const SLOW_MS = 10;
const ACK = 16;

/**
 * Feeds `n` mutations of recorded conversations to one protocol, which is ordered and not detected, though its detector sees
 * every segment too. Throws what the parser throws, with the number of the input.
 */
export function fuzzProtocol(protocol: Protocol, seeds: readonly (readonly Turn[])[], n: number, seed = 1): FuzzReport {
  const mutator = new Mutator(seeds, seed);
  const report: FuzzReport = { inputs: n, slowestMs: 0, mostHeldBytes: 0, heldAtEnd: 0, requests: 0 };
  const sink = {
    request(): void {
      report.requests++;
    },
  };
  const engine = new L7Engine(sink, { decodeAs: new Map([[1, protocol.name]]) }, [protocol]);
  for (let i = 0; i < n; i++) {
    const turns = mutator.next();
    const firstSeq = mutator.random(2) === 0 ? 0xffff_fff0 : 1;
    const run = () => {
      const started = process.threadCpuUsage().user;
      play(engine, protocol, turns, firstSeq, i * 1000, report);
      return (process.threadCpuUsage().user - started) / 1000;
    };
    try {
      const started = performance.now();
      play(engine, protocol, turns, firstSeq, i * 1000, report);
      let ms = performance.now() - started;
      if (ms > SLOW_MS) ms = Math.min(ms, run(), run(), run());
      if (ms > report.slowestMs) report.slowestMs = ms;
    } catch (cause) {
      throw new Error(`input ${i} of seed ${seed}: ${cause}`, { cause });
    }
  }
  report.heldAtEnd = engine.stats.heldBytes;
  return report;
}

function play(
  engine: L7Engine,
  protocol: Protocol,
  turns: readonly MutatedTurn[],
  firstSeq: number,
  timeUs: number,
  report: FuzzReport,
): void {
  const transport = protocol.transports[0];
  const info: ConnectionInfo = { transport, ports: [2, 1] };
  for (const { direction, bytes, captured } of turns) protocol.detect(bytes, 0, captured, direction, bytes.length);
  if (transport === 'tcp') {
    const connection = engine.openStream(info);
    const seqs = [firstSeq, 1];
    for (const { direction, bytes, captured, lost, cut } of turns) {
      const seq = seqs[direction];
      seqs[direction] = (seq + bytes.length + lost) >>> 0;
      const rest = bytes.length - cut;
      connection.segment(direction, seq, bytes, 0, cut, cut, timeUs, ACK);
      if (rest > 0) connection.segment(direction, (seq + cut) >>> 0, bytes, cut, captured, rest, timeUs + 1, ACK);
      if (engine.stats.heldBytes > report.mostHeldBytes) report.mostHeldBytes = engine.stats.heldBytes;
    }
    connection.close(timeUs + 2);
  } else {
    const connection = engine.openDatagrams(info);
    for (const { direction, bytes, captured, lost } of turns)
      connection.datagram(direction, bytes, 0, captured, bytes.length + lost, timeUs);
    connection.close(timeUs + 2);
  }
}
