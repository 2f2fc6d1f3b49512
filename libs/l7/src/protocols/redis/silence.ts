import { startsWithIgnoringCase } from '../../bytes/text.ts';
import type { Command } from './command.ts';

/** Which commands stay without a reply, by CLIENT REPLY OFF or SKIP. */
export class Silence {
  #off = false;
  /** Commands until replies come again. */
  #skip = 0;

  /** Takes note of a command at [start, end); true if it will not be answered. */
  of(command: Command, bytes: Uint8Array, start: number, end: number): boolean {
    if (command.name === 'CLIENT REPLY') this.#change(bytes, start, end);
    if (this.#skip > 0) {
      this.#skip--;
      return true;
    }
    return this.#off;
  }

  /** What the third word says, which is the last of the command. SKIP means nothing while replies are off. */
  #change(bytes: Uint8Array, start: number, end: number): void {
    const says = (word: string): boolean => {
      for (let at = start; at < end && at < start + 64; at++)
        if (startsWithIgnoringCase(bytes, at, end, word)) return true;
      return false;
    };
    if (says('\r\noff') || says(' off')) this.#off = true;
    else if (says('\r\nskip') || says(' skip')) this.#skip = this.#off ? this.#skip : 2;
    else this.#off = false;
  }
}
