import { readFileSync, writeFileSync } from 'node:fs';

export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Puts a table between `<!-- name -->` and `<!-- /name -->` of a page, in place of what stands there. */
export function writeTable(page: string, name: string, table: string): void {
  const text = readFileSync(page, 'utf8');
  const marked = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!marked.test(text)) throw new Error(`${page} has no <!-- ${name} --> markers`);
  writeFileSync(
    page,
    text.replace(marked, (_, open, close) => `${open}${table}\n${close}`),
  );
}
