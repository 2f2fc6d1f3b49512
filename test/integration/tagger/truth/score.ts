import type { TaggedFlow } from '@flowloom/records';
import type { Actor } from './cluster.ts';

export interface Score {
  right: number;
  /** Said to be ambiguous, unknown or stale. */
  marked: number;
  /** Without any mark: the worst that can happen. */
  wrong: string[];
}

export interface Truth {
  readonly client: Actor;
  readonly server: Actor;
}

/** Compares what a row says with who had its addresses when it began. */
export function judge(score: Score, row: TaggedFlow, { client, server }: Truth): void {
  const said = [said1(row, 'client', client), said1(row, 'server', server)];
  const isRight = said[0] === client.name && said[1] === server.name;
  if (isRight) score.right++;
  else if (row.tag_state !== 'fresh') score.marked++;
  else
    score.wrong.push(
      `${said} (${row.client_ip} ${row.server_ip} at ${row.start_us}), not ${client.name},${server.name}`,
    );
}

function said1(row: TaggedFlow, side: 'client' | 'server', { kind }: Actor): string | undefined {
  return row[`${side}_${kind}`];
}
