import type { Direction } from '../../direction.ts';
import { Verdict } from '../../protocol.ts';

/** The signature of a greeting: 0xff, eight bytes of which seven are zero, 0x7f, and a major version of 3. */
export function detect(bytes: Uint8Array, start: number, end: number, _direction: Direction): Verdict {
  if (bytes[start] !== 0xff) return Verdict.no;
  for (let i = 1; i < 8 && start + i < end; i++) if (bytes[start + i] !== 0) return Verdict.no;
  if (end - start < 10) return Verdict.maybe;
  if (bytes[start + 9] !== 0x7f) return Verdict.no;
  if (end - start === 10) return Verdict.likely;
  return bytes[start + 10] === 3 ? Verdict.sure : Verdict.no;
}
