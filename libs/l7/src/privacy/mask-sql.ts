/** Where dialects differ in what is a literal. */
export interface SqlDialect {
  /** "x" is a string (MySQL), not a name. */
  readonly doubleQuotedStrings: boolean;
  /** \' does not end a string (MySQL; PostgreSQL in E'...' only). */
  readonly backslashEscapes: boolean;
}

export const mysqlDialect: SqlDialect = { doubleQuotedStrings: true, backslashEscapes: true };
export const standardDialect: SqlDialect = { doubleQuotedStrings: false, backslashEscapes: false };

const isWordCharacter = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a) || code === 0x5f || code > 0x7f;
const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/**
 * A statement without its literals and comments: strings, numbers, hexadecimal, binary and dollar-quoted ones become `?`, lists
 * of them `(?)`, white space one blank. A literal that is cut off ends the text. Runs in linear time, whatever the text.
 */
export function maskSql(sql: string, dialect: SqlDialect = standardDialect): string {
  const parts: string[] = [];
  let at = 0;
  let blank = false;
  while (at < sql.length) {
    const code = sql.charCodeAt(at);
    let end: number;
    let shown: string;
    if (code <= 0x20) {
      at++;
      blank = true;
      continue;
    }
    if ((end = endOfComment(sql, at)) > 0) {
      at = end;
      blank = true;
      continue;
    }
    if ((end = endOfLiteral(sql, at, dialect)) > 0) shown = '?';
    else if (isWordCharacter(code) || code === 0x24) {
      end = endOfWord(sql, at);
      shown = sql.slice(at, end);
    } else if (code === 0x22 || code === 0x60 || code === 0x5b) {
      end = endOfQuoted(sql, at, code === 0x5b ? ']' : sql[at], false);
      shown = sql.slice(at, end);
    } else {
      end = at + 1;
      shown = sql[at];
    }
    if (blank && parts.length > 0) parts.push(' ');
    blank = false;
    parts.push(shown);
    at = end;
  }
  return foldLists(parts.join(''));
}

function endOfComment(sql: string, at: number): number {
  const two = sql.slice(at, at + 2);
  if (two === '/*') {
    const end = sql.indexOf('*/', at + 2);
    return end < 0 ? sql.length : end + 2;
  }
  if (two !== '--' && sql[at] !== '#') return 0;
  if (sql[at] === '#' && /[>\-#]/.test(sql[at + 1] ?? '')) return 0; // operators of PostgreSQL's JSON
  const end = sql.indexOf('\n', at);
  return end < 0 ? sql.length : end;
}

/** Index behind the literal at `at`; 0 if there is none. */
function endOfLiteral(sql: string, at: number, dialect: SqlDialect): number {
  const code = sql.charCodeAt(at);
  if (code === 0x27) return endOfQuoted(sql, at, "'", dialect.backslashEscapes);
  if (code === 0x22 && dialect.doubleQuotedStrings) return endOfQuoted(sql, at, '"', dialect.backslashEscapes);
  if (isDigit(code) || (code === 0x2e && isDigit(sql.charCodeAt(at + 1)))) return endOfNumber(sql, at);
  if (code === 0x24) return endOfDollarQuoted(sql, at);
  const prefix = /^(?:[eEnNbBxX]|[uU]&|_[a-zA-Z0-9]{1,16}\s?)(?=')/.exec(sql.slice(at, at + 20));
  if (prefix === null) return 0;
  const escapes = dialect.backslashEscapes || /^e/i.test(prefix[0]);
  return endOfQuoted(sql, at + prefix[0].length, "'", escapes);
}

/** Behind the closing quote; a doubled one is part of the text. */
function endOfQuoted(sql: string, at: number, quote: string, backslash: boolean): number {
  for (let i = at + 1; i < sql.length; i++) {
    if (backslash && sql[i] === '\\') i++;
    else if (sql[i] === quote) {
      if (sql[i + 1] !== quote) return i + 1;
      i++;
    }
  }
  return sql.length;
}

/** 12, 1.5e-3, 0x1F; also the rest of a word that starts with a digit, which may be part of a value. */
function endOfNumber(sql: string, at: number): number {
  let end = at;
  while (end < sql.length) {
    const code = sql.charCodeAt(end);
    const exponent =
      (code === 0x2b || code === 0x2d) &&
      (sql.charCodeAt(end - 1) | 0x20) === 0x65 &&
      !/^0x/i.test(sql.slice(at, at + 2));
    if (!isWordCharacter(code) && code !== 0x2e && !exponent) break;
    end++;
  }
  return end;
}

/** $tag$ ... $tag$ (PostgreSQL); $1 is a parameter and stays. */
function endOfDollarQuoted(sql: string, at: number): number {
  const tag = /^\$(?:[A-Za-z_]\w{0,62})?\$/.exec(sql.slice(at, at + 66))?.[0];
  if (tag === undefined) return 0;
  const end = sql.indexOf(tag, at + tag.length);
  return end < 0 ? sql.length : end + tag.length;
}

/** Names, and parameters such as $1, :name and @name, keep their digits. */
function endOfWord(sql: string, at: number): number {
  let end = at + 1;
  while (end < sql.length && (isWordCharacter(sql.charCodeAt(end)) || sql.charCodeAt(end) === 0x24)) end++;
  return end;
}

/** `(?, ?, ?), (?, ?, ?)` as `(?)`: rows of an INSERT and members of an IN do not make statements different. */
function foldLists(masked: string): string {
  return masked.replace(/\(\s*[-+]?\?(?:\s*,\s*[-+]?\?)*\s*\)(?:\s*,\s*\(\s*[-+]?\?(?:\s*,\s*[-+]?\?)*\s*\))*/g, '(?)');
}
