/** What a statement does, and to what. */
export interface SqlSummary {
  /** SELECT, INSERT ... in upper case; '' if it is no statement. */
  readonly verb: string;
  /** First table, view or procedure; '' without. */
  readonly target: string;
}

const name = '((?:[\\w$]+|"[^"]*"|`[^`]*`|\\[[^\\]]*\\])(?:\\s*\\.\\s*(?:[\\w$]+|"[^"]*"|`[^`]*`|\\[[^\\]]*\\]))*)';
const before: Record<string, RegExp> = {
  SELECT: new RegExp(`\\bFROM\\s+\\(*\\s*${name}`, 'i'),
  DELETE: new RegExp(`\\bFROM\\s+(?:ONLY\\s+)?${name}`, 'i'),
  INSERT: new RegExp(`\\bINTO\\s+(?:TABLE\\s+)?${name}`, 'i'),
  REPLACE: new RegExp(`\\bREPLACE\\s+(?:\\w+\\s+)?(?:INTO\\s+)?${name}`, 'i'),
  MERGE: new RegExp(`\\bINTO\\s+${name}`, 'i'),
  UPDATE: new RegExp(`^UPDATE\\s+(?:LOW_PRIORITY\\s+|IGNORE\\s+|ONLY\\s+)*${name}`, 'i'),
  COPY: new RegExp(`^COPY\\s+(?:BINARY\\s+)?${name}`, 'i'),
  CALL: new RegExp(`^CALL\\s+${name}`, 'i'),
  EXEC: new RegExp(`^EXEC(?:UTE)?\\s+${name}`, 'i'),
  TRUNCATE: new RegExp(`^TRUNCATE\\s+(?:TABLE\\s+)?${name}`, 'i'),
  WITH: new RegExp(`\\b(?:FROM|INTO|UPDATE)\\s+(?!\\()${name}`, 'i'),
};
const definition = new RegExp(
  `^(?:CREATE|ALTER|DROP)\\s+(?:[A-Z]+\\s+){0,4}?(?:TABLE|VIEW|INDEX|DATABASE|SCHEMA|SEQUENCE|FUNCTION|PROCEDURE|USER|ROLE|TYPE)\\s+(?:IF\\s+(?:NOT\\s+)?EXISTS\\s+)?${name}`,
  'i',
);
/** Tables stand near the start; the rest of a long statement is not searched. */
const MAX_SEARCHED = 2048;

/** @param masked a statement as `maskSql` leaves it */
export function sqlSummary(masked: string): SqlSummary {
  const text = masked.slice(0, MAX_SEARCHED).replace(/^[\s(;]+/, '');
  const verb = /^[A-Za-z]+/.exec(text)?.[0].toUpperCase() ?? '';
  const pattern = Object.hasOwn(before, verb)
    ? before[verb]
    : /^(CREATE|ALTER|DROP)$/.test(verb)
      ? definition
      : undefined;
  const target = pattern?.exec(text)?.[1] ?? '';
  return { verb, target: target.replaceAll(/["`[\]\s]/g, '') };
}

/** Verb and table, as metrics are counted by: `SELECT users`. */
export function sqlEndpoint(masked: string): string {
  const { verb, target } = sqlSummary(masked);
  return target === '' ? verb : `${verb} ${target}`;
}
