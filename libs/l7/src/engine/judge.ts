import type { Direction } from '../direction.ts';
import { type Protocol, type Transport, Verdict } from '../protocol.ts';
import type { View } from './view.ts';

/** What a look at the start of some bytes gave. */
export interface Judgement {
  protocol: Protocol | null;
  /** The verdict will not be taken back. */
  firm: boolean;
  /** Those that the bytes may be, when none was chosen. */
  maybe: readonly Protocol[];
}

/** Decides which protocol bytes belong to, by content; ports only tip the scales. */
export class Judge {
  readonly #byTransport = new Map<Transport, Protocol[]>();
  readonly #byName = new Map<string, Protocol[]>();
  /** Those whose ports hint at them. */
  readonly #byPort = new Map<Transport, Map<number, Protocol[]>>();
  readonly #result: Judgement = { protocol: null, firm: false, maybe: none };

  constructor(protocols: readonly Protocol[]) {
    for (const protocol of protocols) {
      pushTo(this.#byName, protocol.name, protocol);
      for (const transport of protocol.transports) {
        pushTo(this.#byTransport, transport, protocol);
        const byPort = this.#byPort.get(transport) ?? new Map<number, Protocol[]>();
        this.#byPort.set(transport, byPort);
        for (const port of protocol.ports ?? []) pushTo(byPort, port, protocol);
      }
    }
  }

  named(name: string, transport: Transport): Protocol | undefined {
    return this.#byName.get(name)?.find((protocol) => protocol.transports.includes(transport));
  }

  /**
   * Judges the bytes of a view. `other` is what the other direction may be: a protocol that fits both ways is believed.
   * The result is re-used by the next call.
   */
  judge(
    view: View,
    direction: Direction,
    transport: Transport,
    ports: readonly [number, number],
    excluded: Protocol | null,
    other: readonly Protocol[],
  ): Judgement {
    const wireEnd = view.end + view.missing;
    const result = this.#result;
    // Content that is sure on the port that is usual for it outweighs all others.
    if (other.length === 0) {
      const usual = this.#usual(view, direction, transport, ports, excluded, wireEnd);
      if (usual !== null) {
        result.protocol = usual;
        result.firm = true;
        result.maybe = none;
        return result;
      }
    }
    let best: Protocol | null = null;
    let bestScore = 0;
    let maybe: Protocol[] = none;
    for (const protocol of this.#byTransport.get(transport) ?? none) {
      if (protocol === excluded) continue;
      const verdict = protocol.detect(view.bytes, view.start, view.end, direction, wireEnd);
      if (verdict === Verdict.no) continue;
      const hinted =
        protocol.ports !== undefined && (protocol.ports.includes(ports[0]) || protocol.ports.includes(ports[1]));
      const score = 4 * verdict + (other.includes(protocol) ? 2 : 0) + (hinted ? 1 : 0);
      if (score > bestScore) {
        best = protocol;
        bestScore = score;
      }
      if (verdict === Verdict.maybe) maybe = maybe === none ? [protocol] : [...maybe, protocol];
    }
    result.protocol = bestScore > 4 * Verdict.maybe ? best : null;
    result.firm = bestScore >= 4 * Verdict.sure;
    result.maybe = maybe;
    return result;
  }

  #usual(
    view: View,
    direction: Direction,
    transport: Transport,
    ports: readonly [number, number],
    excluded: Protocol | null,
    wireEnd: number,
  ): Protocol | null {
    const byPort = this.#byPort.get(transport);
    for (const port of ports) {
      for (const protocol of byPort?.get(port) ?? none) {
        if (protocol === excluded) continue;
        const verdict = protocol.detect(view.bytes, view.start, view.end, direction, wireEnd);
        if (verdict === Verdict.sure) return protocol;
      }
    }
    return null;
  }
}

const none: Protocol[] = [];

function pushTo<K>(map: Map<K, Protocol[]>, key: K, protocol: Protocol): void {
  const list = map.get(key);
  if (list) list.push(protocol);
  else map.set(key, [protocol]);
}
