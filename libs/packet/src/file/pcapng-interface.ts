import type { ByteWindow } from './byte-window.ts';
import { Timestamp } from './timestamp.ts';

/** Options of an interface description block that are read (draft-ietf-opsawg-pcapng 4.2). */
const END_OF_OPTIONS = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const IF_TSOFFSET = 14;
const MICROSECONDS = 6;

/** One interface of a section. */
export interface PcapngInterface {
  readonly linkType: number;
  /** 0: no limit. */
  readonly snapLength: number;
  readonly name: string;
  readonly timestamp: Timestamp;
}

/**
 * Interface description block: block type, total length, link type (16 bits), reserved (16), snap length (32), options,
 * total length again. Returns null where an option is longer than the block.
 *
 * @param at offset of the block in the window; all of it, `totalBytes`, is there
 */
export function readInterface(
  window: ByteWindow,
  at: number,
  totalBytes: number,
  littleEndian: boolean,
): PcapngInterface | null {
  const { bytes, view } = window;
  const end = at + totalBytes - 4;
  let resolution = MICROSECONDS;
  let offsetSeconds = 0;
  let name = '';
  for (let option = at + 16; option + 4 <= end; ) {
    const code = view.getUint16(option, littleEndian);
    const length = view.getUint16(option + 2, littleEndian);
    const value = option + 4;
    if (code === END_OF_OPTIONS) break;
    if (value + length > end) return null;
    if (code === IF_NAME) name = new TextDecoder().decode(bytes.subarray(value, value + length));
    else if (code === IF_TSRESOL && length === 1) resolution = bytes[value];
    else if (code === IF_TSOFFSET && length === 8) offsetSeconds = Number(view.getBigInt64(value, littleEndian));
    option = value + padded(length);
  }
  return {
    linkType: view.getUint16(at + 8, littleEndian),
    snapLength: view.getUint32(at + 12, littleEndian),
    name: name.replace(/\0+$/, ''),
    timestamp: new Timestamp(resolution, offsetSeconds),
  };
}

/** Options and packets are padded to 32 bits. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}
