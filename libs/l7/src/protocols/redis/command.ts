import type { TextCache } from '../../bytes/text-cache.ts';
import { type CommandWord, commandWord } from './commands.ts';
import { endOfLine, readInteger } from './line.ts';

const DOLLAR = 0x24;
const MAX_SHOWN_KEY = 256;
/** A word of a command's name. */
const MAX_WORD = 64;

const NONE = commandWord('');

/** What is shown of a command. One is re-used. */
export class Command {
  /** In upper case, with its subcommand. */
  name = '';
  /** First word alone. */
  word: CommandWord = NONE;
  /** Key, or the second word of a subcommand; '' without. */
  argument = '';
  /** Number of words, as announced. */
  words = 0;
}

/**
 * Reads name and key of `*<n>\r\n$<len>\r\n<bytes>\r\n...` at `start`. 1 if it did, 0 if too little is there yet, -1 if this
 * is no command.
 *
 * @param all nothing more will come: what is there must do
 */
export function readCommand(
  into: Command,
  bytes: Uint8Array,
  start: number,
  end: number,
  texts: TextCache,
  all: boolean,
): number {
  const line = endOfLine(bytes, start + 1, end);
  if (line < 0) return line === -1 ? 0 : -1;
  into.words = readInteger(bytes, start + 1, line);
  into.name = into.argument = '';
  into.word = NONE;
  if (!(into.words >= 0)) return -1;
  if (into.words === 0) return 1;
  let at = line + 2;
  for (let i = 0; i < 2 && i < into.words; i++) {
    const header = endOfLine(bytes, at + 1, end);
    if (header === -2 || (at < end && bytes[at] !== DOLLAR)) return -1;
    if (header === -1) return all && i > 0 ? 1 : 0;
    const length = readInteger(bytes, at + 1, header);
    if (!(length >= 0) || (i === 0 && length > MAX_WORD)) return -1;
    const from = header + 2;
    const shown = Math.min(length, MAX_SHOWN_KEY);
    if (from + shown > end) return all && i > 0 ? 1 : 0;
    if (i === 0) {
      into.word = commandWord(texts.get(bytes, from, from + length));
      into.name = into.word.word;
      if (!into.word.hasKeyFirst && !into.word.hasSubcommand) return 1;
    } else if (into.word.hasSubcommand && length <= MAX_WORD)
      into.name += ` ${texts.get(bytes, from, from + shown).toUpperCase()}`;
    else into.argument = texts.get(bytes, from, from + shown);
    at = from + length + 2;
  }
  return 1;
}

/** Reads an inline command, words between spaces, in [start, end). */
export function readInline(into: Command, bytes: Uint8Array, start: number, end: number, texts: TextCache): void {
  const words = texts
    .get(bytes, start, Math.min(end, start + 512))
    .trim()
    .split(/\s+/);
  into.words = words.length;
  into.word = commandWord(words[0]);
  into.name = into.word.word;
  into.argument = '';
  if (into.word.hasSubcommand && words.length > 1) into.name += ` ${words[1].toUpperCase()}`;
  else if (into.word.hasKeyFirst) into.argument = words[1] ?? '';
}

/** The command as a line: its other arguments, which may be values or secrets, as `?`. */
export function showCommand(command: Command): string {
  const named = command.name === command.word.word ? 1 : 2;
  const shown = command.argument === '' ? command.name : `${command.name} ${command.argument}`;
  const masked = command.words - named - (command.argument === '' ? 0 : 1);
  if (masked <= 0) return shown;
  return masked > 3 ? `${shown} ? ...` : shown + ' ?'.repeat(masked);
}
