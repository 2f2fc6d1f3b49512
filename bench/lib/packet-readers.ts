import { spawnSync } from 'node:child_process';
import { namesByPorts } from './other-opinion.ts';
import { timed } from './timed.ts';

/** What another program spends on a capture, without what it spends on starting, and whether it knows what is in it. */
export interface Reader {
  readonly name: string;
  /** CPU time, s. */
  cpuS(file: string): number;
  knows(file: string, protocol: string): boolean;
}

/** A reader of which each run is a command; `empty` is a capture with hardly anything in it. */
function commandReader(
  name: string,
  command: (file: string) => readonly string[],
  empty: string,
  knows: Reader['knows'],
): Reader {
  const cost = (file: string) => Math.min(timed(command(file)).cpuS, timed(command(file)).cpuS);
  const start = cost(empty);
  return { name, knows, cpuS: (file) => Math.max(0.01, cost(file) - start) };
}

/** Reads every message, as we do, and prints a line for each packet. */
export const tshark = (empty: string): Reader =>
  commandReader(
    'TShark',
    (file) => ['tshark', '-n', '-r', file],
    empty,
    (file, protocol) => [...namesByPorts(file).values()].some((names) => names.has(protocol)),
  );

/** Recognises flows by their first packets, and reads little more of them than counts. */
export const ndpi = (empty: string): Reader =>
  commandReader(
    'nDPI',
    (file) => ['ndpiReader', '-q', '-i', file],
    empty,
    (file) => {
      const { stdout } = spawnSync('ndpiReader', ['-i', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
      const unknown = Number(/^\s*Unknown\s+packets: (\d+)/m.exec(stdout)?.[1] ?? 0);
      const all = Number(/IP packets:\s+(\d+)/.exec(stdout)?.[1] ?? 0);
      return unknown < all / 2;
    },
  );
