import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `replay` and `run --out` write. */
export const outputNames = ['flow-logs', 'request-logs', 'traces', 'metrics'] as const;

/** The text of each output, by name. */
export function readOutputs(folder: string): Map<string, string> {
  return new Map(outputNames.map((name) => [name, readFileSync(join(folder, `${name}.ndjson`), 'utf8')]));
}

/** Every secret of the scenarios begins like this, so that one that a test forgets is found too. */
const MARK = 's3cr3t';
const around = 60;

/** Which secrets stand in a text, as they are, or in base64 or hex as attributes of bytes have them; each with what is around it. */
export function leaked(text: string, secrets: readonly string[]): string[] {
  const forms = (secret: string) => [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ];
  const found = [MARK, ...secrets].flatMap(forms).map((form) => text.indexOf(form));
  return found.filter((at) => at >= 0).map((at) => text.slice(Math.max(0, at - around), at + around));
}
