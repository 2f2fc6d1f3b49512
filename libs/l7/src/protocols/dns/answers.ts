import { u16be, u32be } from '../../bytes/numbers.ts';
import { answersOf, HEADER_BYTES, questionsOf } from './header.ts';
import { type NameAt, readName, skipName } from './name.ts';
import { typeName } from './names-of-numbers.ts';

const MAX_SHOWN = 16;
const target: NameAt = { name: '', next: -1 };

/** Answers of a response, in short: `A 192.0.2.1; AAAA 2001:db8::1`. Types whose data may be secret are only named. */
export function showAnswers(bytes: Uint8Array, message: number, end: number): string {
  let at = message + HEADER_BYTES;
  for (let i = questionsOf(bytes, message); i > 0; i--) {
    at = skipName(bytes, at, end) + 4;
    if (at < message + HEADER_BYTES || at > end) return '';
  }
  const shown: string[] = [];
  for (let i = Math.min(answersOf(bytes, message), MAX_SHOWN); i > 0; i--) {
    const fields = skipName(bytes, at, end);
    if (fields < 0 || fields + 10 > end) break;
    const data = fields + 10;
    const next = data + u16be(bytes, fields + 8);
    if (next > end) break;
    shown.push(showRecord(u16be(bytes, fields), bytes, message, data, next));
    at = next;
  }
  return shown.join('; ');
}

function showRecord(type: number, bytes: Uint8Array, message: number, start: number, end: number): string {
  const name = typeName(type);
  const length = end - start;
  if (type === 1 && length === 4) return `${name} ${bytes.subarray(start, end).join('.')}`;
  if (type === 28 && length === 16) return `${name} ${showIpv6(bytes, start)}`;
  const skipped = type === 15 ? 2 : type === 33 ? 6 : 0; // preference of MX; priority, weight and port of SRV
  if (![2, 5, 12, 15, 33, 39].includes(type) || length <= skipped) return name;
  readName(target, bytes, message, start + skipped, end);
  return target.next < 0 ? name : `${name} ${target.name}`;
}

/** RFC 5952: the longest run of zero groups as `::`. */
function showIpv6(bytes: Uint8Array, start: number): string {
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 4) {
    const word = u32be(bytes, start + i);
    groups.push((word >>> 16).toString(16), (word & 0xffff).toString(16));
  }
  let best = '';
  const all = groups.join(':');
  for (const run of all.match(/(?:\b0(?::|$))+/g) ?? []) if (run.length > best.length) best = run;
  return best.length > 3 ? all.replace(new RegExp(`(^|:)${best}`), '::') : all;
}
