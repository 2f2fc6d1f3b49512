import { type Direction, opposite } from '../direction.ts';
import type { Connection } from '../engine/connection.ts';
import { L7Engine } from '../engine/engine.ts';
import type { L7Sink } from '../engine/sink.ts';
import type { L7Options } from '../options.ts';
import type { Protocol, Transport } from '../protocol.ts';
import { protocols } from '../registry.ts';
import type { Exchange } from '../session/exchange.ts';

/** A sink that keeps everything, for tests. */
export class Recorder implements L7Sink {
  readonly requests: Exchange[] = [];
  readonly events: string[] = [];

  request(exchange: Exchange): void {
    this.requests.push(exchange);
    this.events.push(`request ${exchange.request_type} ${exchange.response_status}`);
  }

  asked(): void {
    this.events.push('asked');
  }

  answered(_exchange: Exchange, rrtUs: number): void {
    this.events.push(`answered ${rrtUs}`);
  }

  timedOut(): void {
    this.events.push('timedOut');
  }

  clientIs(direction: Direction): void {
    this.events.push(`clientIs ${direction}`);
  }

  protocolIs(protocol: string, _connection: Connection): void {
    this.events.push(`protocolIs ${protocol}`);
  }
}

/** One message, or part of one, at the time of its segment. */
export interface Turn {
  readonly direction: Direction;
  readonly bytes: Uint8Array | string;
  /** µs; without it 1000 after the one before. */
  readonly timeUs?: number;
  /** Bytes of this direction that were lost before it. */
  readonly lost?: number;
}

export interface PlayOptions {
  readonly transport?: Transport;
  readonly ports?: readonly [number, number];
  readonly options?: Partial<L7Options>;
  readonly protocols?: readonly Protocol[];
  /** Leave the connection open at the end. */
  readonly open?: boolean;
}

export const bytesOf = (bytes: Uint8Array | string): Uint8Array =>
  typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;

/** Plays a conversation to a new engine, each turn a segment or datagram, and returns what it reported. */
export function play(turns: readonly Turn[], how: PlayOptions = {}): { recorder: Recorder; engine: L7Engine } {
  const recorder = new Recorder();
  const engine = new L7Engine(recorder, how.options, how.protocols ?? protocols);
  const transport = how.transport ?? 'tcp';
  const info = { transport, ports: how.ports ?? ([40_000, 0] as const) };
  let timeUs = 0;
  if (transport === 'tcp') {
    const connection = engine.openStream(info);
    const next = [1000, 5000];
    for (const turn of turns) {
      timeUs = turn.timeUs ?? timeUs + 1000;
      const bytes = bytesOf(turn.bytes);
      next[turn.direction] += turn.lost ?? 0;
      const { direction } = turn;
      const ack = next[opposite(direction)];
      connection.segment(direction, next[direction], bytes, 0, bytes.length, bytes.length, timeUs, 16, ack);
      next[turn.direction] += bytes.length;
    }
    if (!how.open) connection.close(timeUs);
  } else {
    const connection = engine.openDatagrams(info);
    for (const turn of turns) {
      timeUs = turn.timeUs ?? timeUs + 1000;
      const bytes = bytesOf(turn.bytes);
      connection.datagram(turn.direction, bytes, 0, bytes.length, bytes.length, timeUs);
    }
    if (!how.open) connection.close(timeUs);
  }
  return { recorder, engine };
}
