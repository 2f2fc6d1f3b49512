import { describe, expect, it } from 'vitest';
import { logsOf, midnight, second, ticks } from '../../testing/ticks.ts';
import { FlowAggregator } from './flow-aggregator.ts';

const at = (seconds: number, more = {}) => ({ start_us: midnight + seconds * second, ...more });

describe('FlowAggregator', () => {
  it('makes one row of the ticks of a flow in a minute, each field by its own rule', () => {
    const aggregator = new FlowAggregator();
    aggregator.add(0, ticks(at(1, { is_new: true, rtt_us: 300, srt_max_us: 5, tcp_flags_tx: 2 })), 0);
    aggregator.add(0, ticks(at(2, { bytes_tx: 100, rtt_us: 999, srt_max_us: 9, tcp_flags_tx: 16 })), 1);
    aggregator.add(0, ticks(at(59, { bytes_tx: 50, close_type: 'server_rst', client_pod: 'shop-1' })), 2);
    const [{ minutes }] = aggregator.flush();
    expect(logsOf(minutes)).toEqual([
      expect.objectContaining({
        flow_id: '0000000000000001',
        minute_us: midnight,
        start_us: midnight + second,
        end_us: midnight + 59_900_000,
        duration_us: 58_900_000,
        is_new: true,
        packets_tx: 3,
        bytes_tx: 150,
        rtt_us: 300,
        srt_max_us: 9,
        tcp_flags_tx: 18,
        close_type: 'server_rst',
        status: 'server_error',
        client_pod: 'shop-1',
      }),
    ]);
  });

  it('keeps flows, agents, interfaces, observation points and directions apart', () => {
    const aggregator = new FlowAggregator();
    const others = [
      { flow_id: '0000000000000002' },
      { agent: 'node-2' },
      { interface: 'eth1' },
      { observation_point: 's' },
      { client_port: 80 },
    ];
    aggregator.add(0, ticks(at(1), ...others.map((other) => at(1, other))), 0);
    expect(logsOf(aggregator.flush()[0].minutes)).toHaveLength(6);
  });

  it('turns round what it has of a flow whose client is found to be the server', () => {
    const aggregator = new FlowAggregator();
    const wrong = {
      client_ip: '10.0.0.2',
      client_port: 80,
      client_pod: 'shop-1',
      server_ip: '10.0.0.1',
      server_port: 40_000,
    };
    const right = { client_ip: '10.0.0.1', client_port: 40_000, server_ip: '10.0.0.2', server_port: 80 };
    const before = at(1, {
      ...wrong,
      is_new: true,
      packets_tx: 5,
      bytes_tx: 500,
      bytes_rx: 70,
      srt_count: 1,
      tcp_flags_tx: 16,
    });
    aggregator.add(0, ticks(before, at(1, { flow_id: '0000000000000002' })), 0);
    const reversal = { ...right, observation_point: 's', is_reversed: true, bytes_tx: 30, tcp_flags_tx: 8 };
    aggregator.add(0, ticks(at(2, reversal)), 1);
    aggregator.add(0, ticks(at(3, { ...right, observation_point: 's', bytes_rx: 1000, srt_count: 1 })), 2);
    const [{ minutes }] = aggregator.flush();
    expect(logsOf(minutes)).toEqual([
      expect.objectContaining({ flow_id: '0000000000000002', packets_tx: 1 }),
      expect.objectContaining({
        ...right,
        server_pod: 'shop-1',
        observation_point: 's',
        start_us: midnight + second,
        is_new: true,
        packets_tx: 2,
        packets_rx: 5,
        bytes_tx: 100,
        bytes_rx: 1500,
        tcp_flags_tx: 8,
        tcp_flags_rx: 16,
        srt_count: 1,
      }),
    ]);
  });

  it('takes the last word for the direction of a flow that is reversed twice', () => {
    const aggregator = new FlowAggregator();
    const ends = { client_port: 1000, server_port: 2000, client_ip: '10.0.0.1', server_ip: '10.0.0.2' };
    const other = { client_port: 2000, server_port: 1000, client_ip: '10.0.0.2', server_ip: '10.0.0.1' };
    aggregator.add(0, ticks(at(1, { ...ends, bytes_tx: 1 })), 0);
    aggregator.add(0, ticks(at(2, { ...other, is_reversed: true, bytes_rx: 10 })), 1);
    aggregator.add(0, ticks(at(3, { ...ends, is_reversed: true, bytes_tx: 100 })), 2);
    expect(logsOf(aggregator.flush()[0].minutes)).toMatchObject([{ ...ends, bytes_tx: 111 }]);
  });

  it('closes a minute ten seconds of event time after its end, and no sooner', () => {
    const aggregator = new FlowAggregator();
    aggregator.add(0, ticks(at(5)), 0);
    aggregator.add(0, ticks(at(69)), 1);
    expect(aggregator.advance(0)).toEqual([]);
    aggregator.add(0, ticks(at(70)), 2);
    expect(logsOf(aggregator.advance(0))).toMatchObject([{ minute_us: midnight, packets_tx: 1 }]);
    expect(aggregator.windows(0).position.offset).toBe(1);
  });

  it('hands out a late row as a further row of the same flow and minute, and says so', () => {
    const aggregator = new FlowAggregator();
    aggregator.add(0, ticks(at(5)), 0);
    aggregator.add(0, ticks(at(75)), 1);
    aggregator.advance(0);
    aggregator.add(0, ticks(at(6, { packets_tx: 7 })), 2);
    const late = aggregator.advance(0);
    expect(late.map(({ isLate }) => isLate)).toEqual([true]);
    expect(logsOf(late)).toMatchObject([{ minute_us: midnight, packets_tx: 7 }]);
  });

  it('lets no partition wait for another', () => {
    const aggregator = new FlowAggregator();
    aggregator.add(0, ticks(at(5)), 0);
    aggregator.add(1, ticks(at(200)), 0);
    expect(aggregator.advance(0)).toEqual([]);
  });

  it('closes the minutes of an idle partition by the clock', () => {
    let nowUs = midnight + 6 * second;
    const aggregator = new FlowAggregator({ nowUs: () => nowUs, idleUs: 30 * second });
    aggregator.add(0, ticks(at(5)), 0, nowUs);
    nowUs += 30 * second;
    expect(aggregator.advance(0)).toEqual([]);
    nowUs = midnight + 90 * second;
    expect(logsOf(aggregator.advance(0))).toHaveLength(1);
  });

  it('does not let one wrong clock close the minutes of all others', () => {
    const aggregator = new FlowAggregator();
    const recordedUs = midnight + 6 * second;
    aggregator.add(0, ticks(at(5)), 0, recordedUs);
    aggregator.add(0, ticks(at(86_400, { agent: 'node-2' })), 1, recordedUs);
    expect(logsOf(aggregator.advance(0))).toMatchObject([{ agent: 'node-2' }]);
    aggregator.add(0, ticks(at(6)), 2, recordedUs);
    expect(logsOf(aggregator.flush()[0].minutes)).toMatchObject([{ agent: 'node-1', packets_tx: 2 }]);
  });
});
