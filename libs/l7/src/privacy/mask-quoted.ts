/** From the first quote to the last one, or to the end where a text was cut; an apostrophe inside a word is no quote. */
const quoted = /"(?:.*"|.*)|(?<!\w)'(?:.*'(?!\w)|.*)/gs;

/**
 * Replaces what an error message quotes by `?`: it may be a value. Several quoted parts become one, since a value may hold
 * quotes itself.
 */
export function maskQuoted(message: string): string {
  return message.replace(quoted, '?');
}
