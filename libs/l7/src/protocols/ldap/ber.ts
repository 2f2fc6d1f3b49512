/** Head of a BER element (X.690 8.1): tag, and where its content lies. One is re-used. */
export class BerHead {
  tag = 0;
  from = 0;
  /** Behind the content; may lie beyond what is there. */
  to = 0;

  /** Reads it at `at`: 1 if it did, 0 if too little is there, -1 if it is none that LDAP uses (definite lengths, short tags). */
  read(bytes: Uint8Array, at: number, end: number): number {
    if (at + 2 > end) return 0;
    this.tag = bytes[at];
    if ((this.tag & 0x1f) === 0x1f) return -1;
    const first = bytes[at + 1];
    if (first < 0x80) {
      this.from = at + 2;
      this.to = this.from + first;
      return 1;
    }
    const octets = first & 0x7f;
    if (octets === 0 || octets > 4) return -1;
    if (at + 2 + octets > end) return 0;
    let length = 0;
    for (let i = 0; i < octets; i++) length = length * 256 + bytes[at + 2 + i];
    this.from = at + 2 + octets;
    this.to = this.from + length;
    return 1;
  }
}

/** Integer of up to four octets in [from, to). */
export function berInteger(bytes: Uint8Array, from: number, to: number): number {
  if (to - from < 1 || to - from > 4) return -1;
  let value = 0;
  for (let i = from; i < to; i++) value = value * 256 + bytes[i];
  return value;
}
