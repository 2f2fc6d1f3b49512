import { ACK, ICMP, ICMPV6, type Packet, SCTP, SYN, TCP } from '@flowloom/packet';
import { Evidence, type Guess, guessDirection, ServerPorts } from './direction.ts';
import { EndpointMemory, endpointHash } from './endpoint-memory.ts';
import type { FlowKey } from './flow-key.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import type { FlowMetrics } from './metrics.ts';
import { sctpInitiation } from './sctp.ts';
import { mirroredState } from './tcp-state.ts';

/** A sure server counts as much as this many flows. */
const sureServer = 16;

/** Decides which side of a flow is the client, and changes its mind when better evidence comes. */
export class ClientFinder {
  readonly #memory: FlowMemory;
  readonly #ports: ServerPorts;
  readonly #endpoints = new EndpointMemory();
  readonly #guess: Guess = { sourceIsClient: true, evidence: Evidence.firstPacket };
  readonly #metrics: FlowMetrics;

  constructor(memory: FlowMemory, serverPorts: readonly number[], metrics: FlowMetrics) {
    this.#memory = memory;
    this.#metrics = metrics;
    this.#ports = new ServerPorts(serverPorts);
  }

  /** Names the sides of a new flow: side 0 becomes the presumed client. */
  begin(slot: number, key: FlowKey, packet: Packet): void {
    const { u32 } = this.#memory;
    const base = baseOf(slot);
    let evidence: number = Evidence.handshake;
    let sourceIsClient = handshakeClient(packet);
    const low = this.#endpoint(base, true);
    const high = this.#endpoint(base, false);
    if (sourceIsClient === undefined) {
      const guess = this.#compare(
        key.sourceIsLow ? low : high,
        key.sourceIsLow ? high : low,
        packet.srcPort,
        packet.dstPort,
      );
      ({ evidence, sourceIsClient } = guess);
    }
    const lowIsClient = sourceIsClient === key.sourceIsLow;
    const isSure = evidence === Evidence.handshake;
    this.#endpoints.learn(low, isSure && !lowIsClient ? sureServer : 1);
    this.#endpoints.learn(high, isSure && lowIsClient ? sureServer : 1);
    u32[base + f.DIRECTION_SCORE] = evidence;
    if (lowIsClient) u32[base + f.FLAGS] |= f.LOW_IS_SIDE_0;
  }

  /** A SYN, SYN-ACK or other packet that names the client came in a flow that began without. */
  handshake(slot: number, side: number, packet: Packet): void {
    const sourceIsClient = handshakeClient(packet);
    if (sourceIsClient !== undefined) this.decide(slot, sourceIsClient ? side : side ^ 1, Evidence.handshake);
  }

  /** `side` is the client, if this evidence is better than what the flow has. Returns whether the sides changed places. */
  decide(slot: number, side: number, evidence: Evidence): boolean {
    const { u32 } = this.#memory;
    const base = baseOf(slot);
    if (evidence <= u32[base + f.DIRECTION_SCORE]) return false;
    u32[base + f.DIRECTION_SCORE] = evidence;
    const client = (u32[base + f.FLAGS] & f.REVERSED) !== 0 ? 1 : 0;
    if (side === client) return false;
    this.#reverse(base);
    return true;
  }

  /** Looks again at a flow whose client is only presumed, before its next row. */
  review(slot: number): void {
    const { u32 } = this.#memory;
    const base = baseOf(slot);
    if (u32[base + f.DIRECTION_SCORE] >= Evidence.statistics) return;
    const lowIsSide0 = (u32[base + f.FLAGS] & f.LOW_IS_SIDE_0) !== 0;
    const ports = u32[base + f.PORTS];
    const [port0, port1] = lowIsSide0 ? [ports >>> 16, ports & 0xffff] : [ports & 0xffff, ports >>> 16];
    const guess = this.#compare(this.#endpoint(base, lowIsSide0), this.#endpoint(base, !lowIsSide0), port0, port1);
    if (guess.evidence === Evidence.statistics) this.decide(slot, guess.sourceIsClient ? 0 : 1, guess.evidence);
  }

  #compare(source: number, destination: number, sourcePort: number, destinationPort: number): Guess {
    const seen = this.#endpoints;
    guessDirection(this.#guess, this.#ports, sourcePort, destinationPort, seen.seen(source), seen.seen(destination));
    return this.#guess;
  }

  #endpoint(base: number, isLow: boolean): number {
    const { u32 } = this.#memory;
    const upper = base + (isLow ? f.LOW_UPPER : f.HIGH_UPPER);
    const address = u32[base + (isLow ? f.LOW_ADDRESS : f.HIGH_ADDRESS)];
    const ports = u32[base + f.PORTS];
    return endpointHash(
      address,
      u32[upper + 1] ^ u32[upper],
      isLow ? ports >>> 16 : ports & 0xffff,
      u32[base + f.META] & 255,
    );
  }

  /** What was measured from the wrong side is taken back where it has not left yet. */
  #reverse(base: number): void {
    const { u32 } = this.#memory;
    u32[base + f.FLAGS] ^= f.REVERSED;
    u32[base + f.STATE] = mirroredState(u32[base + f.STATE]);
    u32[base + f.DELAY_STATE] = 0;
    u32.fill(0, base + f.SRT, base + f.SRT + f.DELAYS_OF_ROW);
    if ((u32[base + f.FLAGS] & f.REPORTED) === 0) return;
    u32[base + f.FLAGS] ^= f.MUST_REVERSE;
    this.#metrics.reversed++;
  }
}

/** Whether the packet's source is the client, where the packet alone says so. */
function handshakeClient(packet: Packet): boolean | undefined {
  if (packet.laterFragment) return undefined;
  switch (packet.protocol) {
    case TCP:
      return (packet.tcpFlags & SYN) !== 0 ? (packet.tcpFlags & ACK) === 0 : undefined;
    case ICMP:
      return packet.icmpType === 8 ? true : packet.icmpType === 0 ? false : undefined;
    case ICMPV6:
      return packet.icmpType === 128 ? true : packet.icmpType === 129 ? false : undefined;
    case SCTP:
      return sctpInitiation(packet);
    default:
      return undefined;
  }
}
