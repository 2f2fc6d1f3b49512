import { ipText, isIpv4 } from '@flowloom/records';

const MAX_TEXTS = 65_536;
const texts = new Map<number, string>();

/** Text of an address in an `ip` column; IPv4 texts are kept, as the same addresses come again and again. */
export function cachedIpText(words: Uint32Array, row: number): string {
  if (!isIpv4(words, row)) return ipText(words, row);
  const word = words[4 * row + 3];
  let text = texts.get(word);
  if (text === undefined) {
    if (texts.size >= MAX_TEXTS) texts.clear();
    texts.set(word, (text = ipText(words, row)));
  }
  return text;
}
