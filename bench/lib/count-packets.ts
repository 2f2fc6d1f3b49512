import { execFileSync } from 'node:child_process';

/** Packets of a capture, as Wireshark counts them. */
export function countPackets(file: string): number {
  const [count] = /\d+/.exec(execFileSync('capinfos', ['-TrMc', file], { encoding: 'utf8' }).split('\t').at(-1)!)!;
  return Number(count);
}
