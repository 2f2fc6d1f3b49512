import type { Check, Finding } from './check.ts';

export interface Checked extends Finding {
  readonly name: string;
  readonly group: Check['group'];
}

const titles = { node: 'this node', reach: 'what it talks to' } as const;
const marks = { ok: 'ok', lacking: 'LACKING', skipped: 'skipped' } as const;

/** Lines for a person: each group, its checks, and below what lacks how to mend it. */
export function reportLines(checked: readonly Checked[]): string[] {
  const width = Math.max(...checked.map(({ name }) => name.length));
  const lines: string[] = [];
  for (const group of ['node', 'reach'] as const) {
    const own = checked.filter((each) => each.group === group);
    if (own.length === 0) continue;
    lines.push(`${titles[group]}:`);
    for (const { name, status, detail, remedy } of own) {
      lines.push(`  ${marks[status].padEnd(7)}  ${name.padEnd(width)}  ${detail}`);
      if (remedy) lines.push(`${' '.repeat(width + 13)}-> ${remedy}`);
    }
  }
  const count = checked.filter(({ status }) => status === 'lacking').length;
  lines.push(count === 0 ? 'nothing is lacking' : `${count} lacking`);
  return lines;
}
