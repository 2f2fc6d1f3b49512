import type { ByteWindow } from './byte-window.ts';
import { type CaptureError, type CaptureErrorReason, captureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import type { Frame } from './frame.ts';
import { type PcapngInterface, readInterface } from './pcapng-interface.ts';

/** Block types (draft-ietf-opsawg-pcapng 11.1); all others are skipped. */
export const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
/** Obsolete, written by old dumpcap. */
const PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Larger blocks are taken for damage, as Wireshark does. */
const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
/** Interfaces of one section that are remembered. */
const MAX_INTERFACES = 65_536;

/**
 * pcapng (draft-ietf-opsawg-pcapng): blocks of type (32 bits), total length (32), body padded to 32 bits, total length
 * again. A section header block sets the byte order of what follows and forgets the interfaces before it.
 */
export class Pcapng implements CaptureFormat {
  readonly name = 'pcapng';
  error: CaptureError | null = null;
  readonly #window: ByteWindow;
  readonly #frame: Frame;
  #littleEndian = true;
  #interfaces: PcapngInterface[] = [];

  constructor(window: ByteWindow, frame: Frame) {
    this.#window = window;
    this.#frame = frame;
  }

  /** Name of an interface of the current section, '' where the file does not tell. */
  interfaceName(id: number): string {
    return this.#interfaces[id]?.name ?? '';
  }

  next(): boolean {
    const window = this.#window;
    while (this.error === null && window.left() >= 12) {
      const { view, at } = window;
      const type = view.getUint32(at, this.#littleEndian);
      if (type === SECTION_HEADER && !this.#setByteOrder(at)) return false;
      const stated = view.getUint32(at + 4, this.#littleEndian);
      if (stated < 12 || stated > MAX_BLOCK_BYTES) return this.#stop('bad_length', `a block of ${stated} bytes`);
      const total = (stated + 3) & ~3;
      if (window.left() < total) return false;
      if (view.getUint32(at + total - 4, this.#littleEndian) !== stated) {
        return this.#stop('bad_length', 'the two lengths of a block differ');
      }
      const isPacket = this.#block(type, at, total);
      if (this.error !== null) return false;
      window.at = at + total;
      if (isPacket) return true;
    }
    return false;
  }

  #block(type: number, at: number, total: number): boolean {
    switch (type) {
      case ENHANCED_PACKET:
        return this.#enhancedPacket(at, total);
      case SIMPLE_PACKET:
        return this.#simplePacket(at, total);
      case PACKET:
        return this.#packet(at, total);
      case INTERFACE_DESCRIPTION:
        return this.#interface(at, total);
      case SECTION_HEADER:
        return this.#section(at, total);
      default:
        return false;
    }
  }

  /** Interface id, timestamp (upper and lower half), captured length, original length, packet. */
  #enhancedPacket(at: number, total: number): boolean {
    if (total < 32) return this.#stop('bad_length', `an enhanced packet block of ${total} bytes`);
    const { view } = this.#window;
    return this.#timed(at, total, view.getUint32(at + 8, this.#littleEndian), 28);
  }

  /** The same with 16 bits of interface id and 16 bits that count drops. */
  #packet(at: number, total: number): boolean {
    if (total < 32) return this.#stop('bad_length', `a packet block of ${total} bytes`);
    const { view } = this.#window;
    return this.#timed(at, total, view.getUint16(at + 8, this.#littleEndian), 28);
  }

  #timed(at: number, total: number, interfaceId: number, headerBytes: number): boolean {
    const { view } = this.#window;
    const frame = this.#frame;
    const from = this.#interfaces[interfaceId];
    if (from === undefined) return this.#stop('no_interface', `a packet of the unknown interface ${interfaceId}`);
    const captured = view.getUint32(at + 20, this.#littleEndian);
    if (captured > total - headerBytes - 4) return this.#stop('bad_length', `${captured} bytes in a shorter block`);
    from.timestamp.set(view.getUint32(at + 12, this.#littleEndian), view.getUint32(at + 16, this.#littleEndian));
    frame.timeUs = from.timestamp.us;
    frame.nanosPastUs = from.timestamp.nanosPastUs;
    return this.#fill(interfaceId, from, at + headerBytes, captured, view.getUint32(at + 24, this.#littleEndian));
  }

  /** Original length, packet: of interface 0, cut at its snap length, without a time. */
  #simplePacket(at: number, total: number): boolean {
    const from = this.#interfaces[0];
    if (from === undefined) return this.#stop('no_interface', 'a simple packet before any interface');
    if (total < 16) return this.#stop('bad_length', `a simple packet block of ${total} bytes`);
    const wire = this.#window.view.getUint32(at + 8, this.#littleEndian);
    const captured = Math.min(wire, from.snapLength || wire, total - 16);
    return this.#fill(0, from, at + 12, captured, wire);
  }

  #fill(interfaceId: number, from: PcapngInterface, start: number, captured: number, wire: number): boolean {
    const frame = this.#frame;
    frame.bytes = this.#window.bytes;
    frame.start = start;
    frame.capturedBytes = captured;
    frame.wireBytes = Math.max(wire, captured);
    frame.interfaceId = interfaceId;
    frame.linkType = from.linkType;
    return true;
  }

  #interface(at: number, total: number): boolean {
    if (total < 20) return this.#stop('bad_length', `an interface description of ${total} bytes`);
    if (this.#interfaces.length === MAX_INTERFACES) return this.#stop('bad_block', 'too many interfaces');
    const found = readInterface(this.#window, at, total, this.#littleEndian);
    if (found === null) return this.#stop('bad_block', 'an option is longer than its interface description');
    this.#interfaces.push(found);
    return false;
  }

  /** Byte-order magic, version major and minor (16 bits each), section length (64), options. */
  #section(at: number, total: number): boolean {
    if (total < 28) return this.#stop('bad_length', `a section header of ${total} bytes`);
    const { view } = this.#window;
    const major = view.getUint16(at + 12, this.#littleEndian);
    const minor = view.getUint16(at + 14, this.#littleEndian);
    // 1.2 was written by some tools and is read as 1.0 (draft, 4.1).
    if (major !== 1 || (minor !== 0 && minor !== 2)) return this.#stop('version', `pcapng version ${major}.${minor}`);
    this.#interfaces = [];
    return false;
  }

  #setByteOrder(at: number): boolean {
    const { view } = this.#window;
    if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) this.#littleEndian = true;
    else if (view.getUint32(at + 8, false) === BYTE_ORDER_MAGIC) this.#littleEndian = false;
    else return this.#stop('bad_block', 'a section header without byte-order magic');
    return true;
  }

  #stop(reason: CaptureErrorReason, what: string): boolean {
    this.error = captureError(reason, this.#window.offset(), what);
    return false;
  }
}
