const mapped = 0xffff;

/** True for an all-zero address: the field is absent. (`::` and an unset address look the same.) */
export function isIpAbsent(words: Uint32Array, row: number): boolean {
  const at = 4 * row;
  return (words[at] | words[at + 1] | words[at + 2] | words[at + 3]) === 0;
}

/** True for ::ffff:a.b.c.d, the form in which an `ip` column holds IPv4. */
export function isIpv4(words: Uint32Array, row: number): boolean {
  const at = 4 * row;
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === mapped;
}

/** `10.0.0.1` of a 32-bit IPv4 address. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Text of the address in a row of an `ip` column: RFC 5952 for IPv6, dotted for IPv4, '' where it is absent. */
export function ipText(words: Uint32Array, row: number): string {
  if (isIpv4(words, row)) return ipv4Text(words[4 * row + 3]);
  return isIpAbsent(words, row) ? '' : ipv6Text(words, row);
}

/** RFC 5952 4: lower case, no leading zeros, `::` for the first of the longest runs of at least two zero groups. */
function ipv6Text(words: Uint32Array, row: number): string {
  const groups: number[] = [];
  for (let i = 4 * row; i < 4 * row + 4; i++) groups.push(words[i] >>> 16, words[i] & 0xffff);
  let bestStart = 8;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && groups[end] === 0) end++;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
    start = Math.max(start, end);
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart === 8) return hex.join(':');
  return `${hex.slice(0, bestStart).join(':')}::${hex.slice(bestStart + bestLength).join(':')}`;
}

/** 32 bits of a dotted IPv4 address; undefined where the text is none. */
export function parseIpv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!parts) return undefined;
  let word = 0;
  for (let i = 1; i <= 4; i++) {
    const part = Number(parts[i]);
    if (part > 255) return undefined;
    word = word * 256 + part;
  }
  return word;
}

/** Writes an IPv4 or IPv6 address (RFC 4291 2.2, without zone) into a row; false (and nothing written) if it is none. */
export function parseIp(text: string, words: Uint32Array, row: number): boolean {
  const at = 4 * row;
  const ipv4 = parseIpv4(text);
  if (ipv4 !== undefined) {
    words[at] = words[at + 1] = 0;
    words[at + 2] = mapped;
    words[at + 3] = ipv4;
    return true;
  }
  const groups = parseIpv6(text);
  if (!groups) return false;
  for (let i = 0; i < 4; i++) words[at + i] = groups[2 * i] * 0x1_0000 + groups[2 * i + 1];
  return true;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const isShort = halves.length === 2;
  const head = parseGroups(halves[0], !isShort);
  const tail = isShort ? parseGroups(halves[1], true) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (isShort ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** Groups between colons; at the end of an address the last may be a dotted IPv4 address, which makes two. */
function parseGroups(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    const ipv4 = isEnd && i === parts.length - 1 ? parseIpv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(ipv4 >>> 16, ipv4 & 0xffff);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}
