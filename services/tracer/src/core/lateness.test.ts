import { expect, test } from 'vitest';
import { Bench, outline, request, T0 } from '../testing/scenario.ts';

const settleUs = 5e6;

/** The n-th request, as packets show it at once and its client's system calls `behindUs` after it. */
function seen(n: number, atUs: number) {
  const ends = { req_tcp_seq: n, resp_tcp_seq: 90_000 + n, start_us: atUs, end_us: atUs + 1_000 };
  return {
    packets: request({ ...ends, observation_point: 'local', server_workload: 'cart' }),
    process: request({ ...ends, observation_point: 'c-p', client_workload: 'web', server_workload: 'cart' }),
  };
}

async function traced(behindUs: number, last: object = {}) {
  const bench = new Bench({ settleUs });
  const [first, second] = [seen(1, T0), seen(2, T0 + 1e6)];
  bench.add(first.packets);
  await bench.after(behindUs);
  bench.add({ ...first.process, ...last });
  await bench.after(60e6 - behindUs);
  const at = T0 + 60e6;
  bench.add({ ...second.packets, start_us: at, end_us: at + 1_000 });
  const early = await bench.after(6e6);
  bench.add({ ...second.process, start_us: at, end_us: at + 1_000 });
  return outline([...early, ...(await bench.flush())]);
}

test('where the rows of processes have come late, they are waited for longer', async () => {
  expect(await traced(4e6)).toEqual(['web CLIENT c-p', '  cart SERVER local']);
});

test('where they come in time, what comes later than that goes below what is exported', async () => {
  expect((await traced(1e6))[0]).not.toBe('web CLIENT c-p');
});

test('what was given up at a time-out says nothing of lateness', async () => {
  expect((await traced(4e6, { has_response: false }))[0]).not.toBe('web CLIENT c-p');
});
