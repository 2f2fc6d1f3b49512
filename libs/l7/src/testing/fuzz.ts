import type { Direction } from '../direction.ts';
import { L7Engine } from '../engine/engine.ts';
import type { Protocol } from '../protocol.ts';
import { bytesOf, Recorder, type Turn } from './recorder.ts';

/** What a run has shown; a parser is sound if it threw nothing and kept within these. */
export interface FuzzReport {
  inputs: number;
  /** Slowest input, ms. */
  slowestMs: number;
  /** Most bytes held at any time. */
  mostHeldBytes: number;
  /** Bytes held after all connections were closed: must be 0. */
  heldAtEnd: number;
  requests: number;
}

/** A small generator of pseudo-random numbers (xorshift32), so that a failing run can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const INTERESTING = [0, 1, 0x0a, 0x0d, 0x20, 0x2a, 0x30, 0x39, 0x3a, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

/**
 * Feeds `n` mutations of recorded conversations to one protocol, which is ordered and not detected: bytes changed, cut out,
 * repeated, segments split, swapped, lost, cut by the capture. Throws what the parser throws.
 */
export function fuzzProtocol(protocol: Protocol, seeds: readonly (readonly Turn[])[], n: number, seed = 1): FuzzReport {
  const next = random(seed);
  const report: FuzzReport = { inputs: n, slowestMs: 0, mostHeldBytes: 0, heldAtEnd: 0, requests: 0 };
  const recorder = new Recorder();
  const decodeAs = new Map([[1, protocol.name]]);
  const engine = new L7Engine(recorder, { decodeAs }, [protocol]);
  const transport = protocol.transports[0];
  const info = { transport, ports: [2, 1] as const };
  for (let i = 0; i < n; i++) {
    const turns = seeds[next(seeds.length)].map((turn) => ({ ...turn, bytes: mutate(bytesOf(turn.bytes), next) }));
    const started = performance.now();
    if (transport === 'tcp') {
      const connection = engine.openStream(info);
      const seqs = [next(2) === 0 ? 0xffff_fff0 : 1, 1];
      for (const { direction, bytes } of shuffled(turns, next)) {
        const seq = seqs[direction];
        seqs[direction] = (seqs[direction] + bytes.length + lost(next)) >>> 0;
        const captured = next(20) === 0 ? next(bytes.length + 1) : bytes.length;
        const cut = next(3) === 0 ? next(captured + 1) : captured;
        connection.segment(direction, seq, bytes, 0, cut, cut, i * 1000, 16);
        if (cut < captured)
          connection.segment(direction, (seq + cut) >>> 0, bytes, cut, captured, bytes.length - cut, i * 1000 + 1, 16);
      }
      report.mostHeldBytes = Math.max(report.mostHeldBytes, engine.stats.heldBytes);
      connection.close(i * 1000 + 2);
    } else {
      const connection = engine.openDatagrams(info);
      for (const { direction, bytes } of shuffled(turns, next)) {
        connection.datagram(direction, bytes, 0, bytes.length, bytes.length + lost(next), i * 1000);
      }
      connection.close(i * 1000 + 2);
    }
    report.slowestMs = Math.max(report.slowestMs, performance.now() - started);
  }
  report.heldAtEnd = engine.stats.heldBytes;
  report.requests = recorder.requests.length;
  return report;
}

const lost = (next: (below: number) => number): number => (next(30) === 0 ? next(4000) : 0);

function shuffled<T extends { direction: Direction }>(turns: T[], next: (below: number) => number): T[] {
  if (next(4) !== 0 || turns.length < 2) return turns;
  const at = next(turns.length - 1);
  return [...turns.slice(0, at), turns[at + 1], turns[at], ...turns.slice(at + 2)];
}

function mutate(original: Uint8Array, next: (below: number) => number): Uint8Array {
  let bytes = Uint8Array.from(original);
  for (let times = next(4); times > 0 && bytes.length > 0; times--) {
    const at = next(bytes.length);
    switch (next(6)) {
      case 0:
        bytes[at] ^= 1 << next(8);
        break;
      case 1:
        bytes[at] = INTERESTING[next(INTERESTING.length)];
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3: {
        const end = at + next(bytes.length - at);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end)]);
        break;
      }
      case 4: {
        const end = at + next(Math.min(64, bytes.length - at));
        bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
        break;
      }
      default:
        for (let i = at; i < Math.min(bytes.length, at + 4); i++) bytes[i] = next(256);
    }
  }
  return bytes;
}
