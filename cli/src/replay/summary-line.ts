import type { FileSummary } from './replay-options.ts';

/** What became of a file, for a person. */
export function summaryLine({ file, packets, flows, requests, error }: FileSummary): string {
  const count = (n: number, what: string) => `${n.toLocaleString('en-US')} ${what}${n === 1 ? '' : 's'}`;
  const line = `${file}: ${count(packets, 'packet')}, ${count(flows, 'flow')}, ${count(requests, 'request')}`;
  return error === null ? line : `${line}; ${error}`;
}
