import { hexOfByte, hexOfWord } from './hex.ts';

/** `02:42:ac:11:00:02` of the 48 bits in a `mac` column; '' for 0, which means absent. */
export function macText(mac: number): string {
  if (mac === 0) return '';
  const high = Math.floor(mac / 0x1_0000_0000);
  const low = hexOfWord(mac >>> 0);
  return `${hexOfByte[(high >>> 8) & 255]}:${hexOfByte[high & 255]}:${low.slice(0, 2)}:${low.slice(2, 4)}:${low.slice(4, 6)}:${low.slice(6)}`;
}

/** The 48 bits of a MAC address with colons or hyphens; undefined where the text is none. */
export function parseMac(text: string): number | undefined {
  if (!/^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(text)) return undefined;
  return Number.parseInt(text.replaceAll(/[:-]/g, ''), 16);
}
