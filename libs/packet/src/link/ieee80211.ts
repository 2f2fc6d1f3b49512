import { u48 } from '../bytes.ts';
import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';

/** Frame control, first byte: type (bits 2, 3) and subtype (bits 4 to 7). */
const TYPE = 0x0c;
const DATA = 0x08;
const QOS = 0x80;
const NULL = 0x40;
/** Frame control, second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const HT_CONTROL = 0x80;
/** QoS control: several frames in one (IEEE 802.11 9.2.4.5.9). */
const AGGREGATE = 0x80;

/**
 * IEEE 802.11 9.2.3: frame control (16 bits), duration (16), three addresses, sequence control (16), fourth address between
 * access points, QoS control (16), HT control (32), then LLC. Of an aggregate (9.3.2.2: two addresses, length, LLC) the
 * first frame is decoded.
 */
export function ieee80211(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 24) return walk.left() > 0 && isData(bytes[at]) ? walk.fail(Drop.truncated) : control(walk);
  const first = bytes[at];
  const flags = bytes[at + 1];
  if (!isData(first)) return control(walk);
  if ((flags & PROTECTED) !== 0) return walk.fail(Drop.encrypted);
  const isBetweenAccessPoints = (flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS);
  addresses(walk, flags);
  let headerBytes = isBetweenAccessPoints ? 30 : 24;
  if ((first & QOS) !== 0) {
    const qos = at + headerBytes;
    headerBytes += (flags & HT_CONTROL) !== 0 ? 6 : 2;
    if (qos < walk.end && (bytes[qos] & AGGREGATE) !== 0) headerBytes += 14;
  }
  return walk.next(Layer.llc, headerBytes, 0);
}

function isData(first: number): boolean {
  return (first & TYPE) === DATA && (first & NULL) === 0;
}

function control(walk: Walk): Layer {
  return walk.fail(walk.left() > 0 ? Drop.link_control : Drop.truncated);
}

/** Destination and source by the direction (table 9-30). */
function addresses(walk: Walk, flags: number): void {
  const { bytes, at, packet } = walk;
  const toDs = (flags & TO_DS) !== 0;
  const fromDs = (flags & FROM_DS) !== 0;
  packet.dstMac = u48(bytes, toDs ? at + 16 : at + 4);
  if (!fromDs) packet.srcMac = u48(bytes, at + 10);
  else if (!toDs) packet.srcMac = u48(bytes, at + 16);
  else packet.srcMac = walk.left() >= 30 ? u48(bytes, at + 24) : 0;
}
