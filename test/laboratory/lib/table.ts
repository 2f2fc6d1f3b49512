import type { Result } from './laboratory.ts';

const percent = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(2)} %`);

/** Results as a Markdown table. */
export function table(results: readonly Result[]): string {
  const lines = results.map(({ scenario, atOnce, score }) => {
    const { edges, right, wrong, missing, unseen, wholeTraces, traces, foreign, rules } = score;
    const byRule = [...rules].sort((a, b) => b[1].right - a[1].right).filter(([rule]) => rule);
    const used = byRule
      .map(([rule, one]) => `${rule} ${one.right}${one.wrong ? ` (${one.wrong} wrong)` : ''}`)
      .join(', ');
    const shares = [right, wrong, missing].map((part) => percent(part, edges));
    const cells = [scenario.name, atOnce, edges, ...shares, unseen, percent(wholeTraces, traces), foreign, used];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| scenario | at once | edges | right | wrong | missing | unseen | whole traces | foreign | rules |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}
