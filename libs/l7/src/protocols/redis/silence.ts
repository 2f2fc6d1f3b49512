import { startsWithIgnoringCase } from '../../bytes/text.ts';
import type { View } from '../../engine/view.ts';
import type { Command } from './command.ts';

/** Which commands stay without a reply, by CLIENT REPLY OFF or SKIP. */
export class Silence {
  #off = false;
  /** Commands until replies come again. */
  #skip = 0;

  /** Takes note of a command at the start of the view; true if it will not be answered. */
  of(command: Command, view: View): boolean {
    if (command.name === 'CLIENT REPLY') this.#change(view);
    if (this.#skip > 0) {
      this.#skip--;
      return true;
    }
    return this.#off;
  }

  #change(view: View): void {
    const { bytes, start, end } = view;
    const says = (word: string): boolean => {
      for (let at = start; at < end && at < start + 64; at++)
        if (startsWithIgnoringCase(bytes, at, end, word)) return true;
      return false;
    };
    if (says('\r\noff') || says(' off')) this.#off = true;
    else if (says('\r\nskip') || says(' skip')) this.#skip = 2;
    else this.#off = false;
  }
}
