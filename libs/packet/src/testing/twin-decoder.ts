import { PacketDecoder } from '../decoder.ts';
import { dropNames } from '../drop.ts';
import { Packet } from '../packet.ts';

const MARGIN = 256;

/**
 * Decodes each frame twice, with different bytes around it: a decoder that reads outside its slice gives two results. And
 * checks what must hold for any bytes.
 */
export class TwinDecoder {
  readonly packet = new Packet();
  readonly #twin = new Packet();
  readonly #decoder = new PacketDecoder({ fragments: { capacity: 64 } });
  readonly #twinDecoder = new PacketDecoder({ fragments: { capacity: 64 } });
  readonly #memory: Uint8Array;
  readonly #twinMemory: Uint8Array;

  constructor(maxFrameBytes: number) {
    this.#memory = new Uint8Array(maxFrameBytes + 2 * MARGIN);
    this.#twinMemory = new Uint8Array(maxFrameBytes + 2 * MARGIN);
  }

  /** Returns what is wrong, or null. Throws what the decoder throws. */
  decode(frame: Uint8Array, captured: number, wireBytes: number, timeUs: number, linkType: number): string | null {
    this.#memory.fill(0x00, MARGIN + captured);
    this.#twinMemory.fill(0xff, MARGIN + captured);
    this.#twinMemory.fill(0x45, 0, MARGIN);
    for (let i = 0; i < captured; i++) this.#memory[MARGIN + i] = this.#twinMemory[MARGIN + i] = frame[i];
    this.#decoder.decode(this.packet, this.#memory, MARGIN, captured, wireBytes, timeUs, linkType);
    this.#twinDecoder.decode(this.#twin, this.#twinMemory, MARGIN, captured, wireBytes, timeUs, linkType);
    return differenceOf(this.packet, this.#twin) ?? violationOf(this.packet, MARGIN, MARGIN + captured);
  }
}

/** Name of a field in which two packets differ, or null. */
export function differenceOf(one: Packet, other: Packet): string | null {
  for (const name of numbers) if (one[name] !== other[name]) return `${name}: ${one[name]} and ${other[name]}`;
  for (const name of ['addresses', 'tunnelAddresses', 'quotedAddresses'] as const) {
    for (let i = 0; i < 8; i++) if (one[name][i] !== other[name][i]) return name;
  }
  return null;
}

type NumberField = {
  [K in keyof Packet]: Packet[K] extends number | boolean ? K : never;
}[keyof Packet];

const numbers = Object.entries(new Packet())
  .filter(([, value]) => typeof value === 'number' || typeof value === 'boolean')
  .map(([name]) => name as NumberField);

function violationOf(packet: Packet, start: number, end: number): string | null {
  if (dropNames[packet.drop] === undefined) return 'an unknown reason';
  if (packet.drop !== 0) return null;
  if (packet.ipVersion !== 4 && packet.ipVersion !== 6) return 'no network packet';
  if (packet.payloadStart > packet.payloadEnd || packet.payloadEnd > end) return 'payload outside the frame';
  if (packet.payloadStart < start) return 'payload before the frame';
  if (packet.payloadBytes < 0 || !Number.isInteger(packet.payloadBytes))
    return `payload of ${packet.payloadBytes} bytes`;
  if (packet.l3Bytes < 0 || !Number.isInteger(packet.l3Bytes)) return `${packet.l3Bytes} bytes of IP`;
  const hasHeader = packet.protocol === 6 && !packet.laterFragment;
  if (hasHeader && packet.optionsStart + packet.optionsBytes > end && packet.optionsBytes > 0) return 'options outside';
  return null;
}
