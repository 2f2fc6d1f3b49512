import { indexOf, startsWith, text } from '../../bytes/text.ts';

/** Longest line, with its end (RFC 4253 4.2). */
export const MAX_LINE = 255;
const LF = 0x0a;

/** Where the line that begins at `start` ends, behind its line feed; 0 if not before `end`. */
export const lineEnd = (bytes: Uint8Array, start: number, end: number): number =>
  indexOf(bytes, LF, start, Math.min(end, start + MAX_LINE)) + 1;

export const isIdentification = (bytes: Uint8Array, start: number, end: number): boolean =>
  startsWith(bytes, start, end, 'SSH-2.0-') || startsWith(bytes, start, end, 'SSH-1.');

export interface Identification {
  /** 2.0, or 1.99 of a server that speaks both. */
  version: string;
  software: string;
}

/** `SSH-protoversion-softwareversion SP comments CR LF` (RFC 4253 4.2); the comments are left out. */
export function readIdentification(bytes: Uint8Array, start: number, end: number): Identification {
  const [, version = '', software = ''] = /^SSH-([^-]*)-([^\s]*)/.exec(text(bytes, start, end)) ?? [];
  return { version, software };
}
