import { Verdict } from '../../protocol.ts';
import { HEADER_BYTES, SomeIpHeader } from './header.ts';

const header = new SomeIpHeader();
const DISCOVERY = 0xffff;
const DISCOVERY_METHOD = 0x8100;

/** Headers one behind the other up to the end of the datagram: sure of service discovery alone. */
export function detectDatagram(
  bytes: Uint8Array,
  start: number,
  end: number,
  _direction: number,
  wireEnd: number,
): Verdict {
  let at = start;
  while (at + HEADER_BYTES <= end) {
    if (!header.read(bytes, at)) return Verdict.no;
    at += header.totalBytes;
  }
  if (at === start || at < end || (end === wireEnd && at > wireEnd)) return Verdict.no;
  return judge();
}

/** A header, and others where its length leads to in the same segment. One that leads beyond is but a guess. */
export function detectStream(bytes: Uint8Array, start: number, end: number): Verdict {
  if (end - start < HEADER_BYTES) return Verdict.no;
  let at = start;
  let verdict: Verdict = Verdict.no;
  while (at + HEADER_BYTES <= end) {
    if (!header.read(bytes, at)) return Verdict.no;
    if (at === start) verdict = judge();
    at += header.totalBytes;
  }
  return at > end && verdict === Verdict.likely ? Verdict.maybe : verdict;
}

/** What the header read last says. */
function judge(): Verdict {
  if (header.service === DISCOVERY && header.method === DISCOVERY_METHOD) return Verdict.sure;
  return header.service !== 0 && header.service !== DISCOVERY && header.interfaceVersion !== 0
    ? Verdict.likely
    : Verdict.maybe;
}
