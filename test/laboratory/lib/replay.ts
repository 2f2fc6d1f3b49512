import { isPushed, type RawRequest, rowOf } from '@flowloom/records';
import { Windows } from '../../../services/capturer/src/core/budget/windows.ts';
import { ObservedCauses } from '../../../services/capturer/src/core/cause/cause-linker.ts';
import { SyscallPipeline } from '../../../services/capturer/src/core/syscalls/syscall-pipeline.ts';
import { type Exchange, idIn } from './exchanges.ts';
import type { Recording } from './recording.ts';

/**
 * Leads recorded system calls through the capturer's core: requests as processes make them, by `id@port`.
 *
 * @param windows when requests are seen, as where CPU is short; absent: always
 * @param mayProbe whether programs could be probed
 */
export function replay({ events }: Recording, windows = new Windows(), mayProbe = true): Map<string, Exchange> {
  const rows: RawRequest[] = [];
  const nothing = () => {};
  const pipeline = new SyscallPipeline({
    agent: 'laboratory',
    requests: (batch) => {
      for (let row = 0; row < batch.length; row++) rows.push(rowOf(batch, row));
    },
    linker: () => new ObservedCauses(mayProbe),
    maxSockets: 100_000,
    windows,
    l7: {},
    source: {
      containerOf: () => '',
      noPayload: nothing,
      noPlaintext: nothing,
      silence: nothing,
      skipUntil: nothing,
      forgetOrders: nothing,
      lostCalls: 0,
    },
  });
  let tickUs = 0;
  let nowUs = 0;
  for (const event of events) {
    nowUs = event.timeUs;
    if (nowUs >= tickUs) {
      pipeline.tick(nowUs);
      tickUs = nowUs + 1_000_000;
    }
    pipeline.event(event);
  }
  pipeline.flush(nowUs);
  return byKey(rows);
}

function byKey(rows: readonly RawRequest[]): Map<string, Exchange> {
  const keyOf = namesOf(rows);
  const served = new Map<string, string>();
  for (const row of rows) if (row.observation_point === 's-p') served.set(row.request_id, keyOf(row));
  const exchanges = new Map<string, Exchange>();
  for (const row of rows) {
    const key = keyOf(row);
    if ((row.observation_point !== 'c-p' && !isPush(row)) || key === '') continue;
    const parent = row.parent_request_id ? served.get(row.parent_request_id) : undefined;
    exchanges.set(key, { traceId: '', parent, rule: row.link_rule ?? '' });
  }
  return exchanges;
}

/** A broker sends it to a consumer. */
const isPush = (row: RawRequest): boolean => isPushed(row) && row.observation_point === 's-p';

/** `id@port`, of messages `id@port/push`; of requests that all have the path `/same` `PORT-NUMBER@port`, by their place on the client's connection. */
function namesOf(rows: readonly RawRequest[]): (row: RawRequest) => string {
  const places = new Map<RawRequest, string>();
  const numbers = new Map<string, number>();
  for (const row of rows.toSorted((a, b) => Number(a.start_us) - Number(b.start_us))) {
    const { client_port: from, server_port: to, observation_point: point } = row;
    if (row.request_resource !== '/same') continue;
    const connection = `${point} ${from} ${to}`;
    const number = numbers.get(connection) ?? 0;
    numbers.set(connection, number + 1);
    places.set(row, `${from}-${number}@${to}`);
  }
  return (row) => {
    const id = idIn(row.request_resource);
    if (id !== '' && isPush(row)) return `${id}@${row.client_port}/push`;
    return places.get(row) ?? (id === '' ? '' : `${id}@${row.server_port}`);
  };
}
