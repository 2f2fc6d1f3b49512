import type { Direction } from '../direction.ts';
import { L7Engine } from '../engine/engine.ts';
import type { Transport } from '../protocol.ts';
import { bytesOf } from './recorder.ts';

/** A part of a stream, or a datagram. */
export interface Piece {
  readonly direction: Direction;
  readonly bytes: Uint8Array | string;
}

/** The protocols that an engine names, one after the other, for one conversation. */
export class Verdicts {
  #names: string[] = [];
  /** Requests in all conversations so far. */
  requests = 0;
  readonly #engine = new L7Engine({
    request: () => {
      this.requests++;
    },
    protocolIs: (name) => {
      this.#names.push(name);
    },
  });

  of(transport: Transport, ports: readonly [number, number], pieces: readonly Piece[]): string[] {
    this.#names = [];
    const info = { transport, ports };
    if (transport === 'tcp') {
      const connection = this.#engine.openStream(info);
      const next = [1, 1];
      for (const { direction, bytes: given } of pieces) {
        const bytes = bytesOf(given);
        connection.segment(direction, next[direction], bytes, 0, bytes.length, bytes.length, 1, 16);
        next[direction] += bytes.length;
      }
      connection.close(2);
    } else {
      const connection = this.#engine.openDatagrams(info);
      for (const { direction, bytes: given } of pieces) {
        const bytes = bytesOf(given);
        connection.datagram(direction, bytes, 0, bytes.length, bytes.length, 1);
      }
      connection.close(2);
    }
    return this.#names;
  }
}
