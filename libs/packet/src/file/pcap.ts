import type { ByteWindow } from './byte-window.ts';
import { type CaptureError, captureError } from './capture-error.ts';
import type { CaptureFormat } from './capture-format.ts';
import type { Frame } from './frame.ts';

/** Magic numbers as written by a host of the reader's byte order. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
/** Alexey Kuznetzov's patch: eight more bytes per record. */
const MODIFIED = 0xa1b2cd34;

const FILE_HEADER_BYTES = 24;
/** No writer captures more of a packet (libpcap's MAXIMUM_SNAPLEN); D-Bus and USB have larger messages. */
const MAX_RECORD_BYTES = 262_144;
const MAX_LARGE_RECORD_BYTES = 16 * 1024 * 1024;
const LARGE_LINK_TYPES = new Set([231, 249]);

/** Byte order of a pcap file by its first four bytes: true little endian, false big endian, null another format. */
export function pcapByteOrder(view: DataView, at: number): boolean | null {
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(at, littleEndian);
    if (magic === MICROSECONDS || magic === NANOSECONDS || magic === MODIFIED) return littleEndian;
  }
  return null;
}

/**
 * pcap (draft-ietf-opsawg-pcap). File header: magic, version major and minor (16 bits each), 8 reserved bytes, snap
 * length, and link type (lower 16 bits; the upper bits tell the FCS length). Record: seconds, fraction, captured length,
 * length on the wire (32 bits each), then the captured bytes. Modified files have interface index (32 bits), protocol
 * (16), packet type (8) and padding (8) before those bytes.
 */
export class Pcap implements CaptureFormat {
  readonly name = 'pcap';
  error: CaptureError | null = null;
  readonly #window: ByteWindow;
  readonly #frame: Frame;
  readonly #littleEndian: boolean;
  #started = false;
  #isNanoseconds = false;
  #recordHeaderBytes = 16;
  #maxRecordBytes = MAX_RECORD_BYTES;
  /** Before version 2.4 some writers swapped the two lengths of a record. */
  #mayBeSwapped = false;

  constructor(window: ByteWindow, frame: Frame, littleEndian: boolean) {
    this.#window = window;
    this.#frame = frame;
    this.#littleEndian = littleEndian;
  }

  next(): boolean {
    if (!this.#started && !this.#start()) return false;
    const window = this.#window;
    const { view, at } = window;
    const body = at + this.#recordHeaderBytes;
    if (body > window.end) return false;
    const littleEndian = this.#littleEndian;
    let captured = view.getUint32(at + 8, littleEndian);
    let wire = view.getUint32(at + 12, littleEndian);
    if (this.#mayBeSwapped && captured > wire) [captured, wire] = [wire, captured];
    if (captured > this.#maxRecordBytes) {
      this.error = captureError('bad_length', window.offset(), `a record of ${captured} bytes`);
      return false;
    }
    const end = body + captured;
    if (end > window.end) return false;

    const frame = this.#frame;
    const fraction = view.getUint32(at + 4, littleEndian);
    if (this.#isNanoseconds) {
      const us = Math.floor(fraction / 1000);
      frame.timeUs = view.getUint32(at, littleEndian) * 1e6 + us;
      frame.nanosPastUs = fraction - us * 1000;
    } else {
      frame.timeUs = view.getUint32(at, littleEndian) * 1e6 + fraction;
    }
    frame.bytes = window.bytes;
    frame.start = body;
    frame.capturedBytes = captured;
    frame.wireBytes = Math.max(wire, captured);
    if (this.#recordHeaderBytes !== 16) frame.interfaceId = view.getUint32(at + 16, littleEndian);
    window.at = end;
    return true;
  }

  /** Reads the file header; false where it is not there yet, or bad. */
  #start(): boolean {
    const window = this.#window;
    if (window.left() < FILE_HEADER_BYTES) return false;
    const { view, at } = window;
    const littleEndian = this.#littleEndian;
    const magic = view.getUint32(at, littleEndian);
    const major = view.getUint16(at + 4, littleEndian);
    const minor = view.getUint16(at + 6, littleEndian);
    // 543 is what DG/UX wrote for 2.
    if (major !== 2 && major !== 543) return this.#refuse('version', `pcap version ${major}.${minor}`);
    const network = view.getUint32(at + 20, littleEndian);
    if ((network & 0x03ff0000) !== 0) {
      return this.#refuse('link_type', `reserved bits in the link type 0x${network.toString(16)}`);
    }
    this.#frame.linkType = network & 0xffff;
    this.#isNanoseconds = magic === NANOSECONDS;
    this.#mayBeSwapped = major === 543 || minor < 4;
    if (magic === MODIFIED) this.#recordHeaderBytes = 24;
    if (LARGE_LINK_TYPES.has(this.#frame.linkType)) this.#maxRecordBytes = MAX_LARGE_RECORD_BYTES;
    window.at += FILE_HEADER_BYTES;
    this.#started = true;
    return true;
  }

  #refuse(reason: 'version' | 'link_type', what: string): boolean {
    this.error = captureError(reason, this.#window.offset(), what);
    return false;
  }
}
