import { setTimeout as sleep } from 'node:timers/promises';
import { missing, titled } from '@flowloom/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CaptureNetwork, echoPort } from './capture-network.ts';
import type { RecordedFrame, RecorderOptions } from './recorder.ts';

const reason = await missing('root', 'ip', 'ethtool');
/** Sources look for own connections once a second, libpcap for interfaces, too. */
const lookMs = 1500;
/** The kernel tells of interfaces at once. */
const toldMs = 300;

const numbers = (first: number, count: number) => Array.from({ length: count }, (_, i) => String(first + i));
const sorted = (frames: readonly Pick<RecordedFrame, 'text'>[]) =>
  frames.map(({ text }) => text).sort((a, b) => +a - +b);
const requests = (frames: readonly RecordedFrame[]) => frames.filter(({ ports }) => ports[1] === echoPort);
const answers = (frames: readonly RecordedFrame[]) => frames.filter(({ ports }) => ports[0] === echoPort);

describe.skipIf(reason)(titled('packet sources', reason), () => {
  let hosts: CaptureNetwork;
  beforeEach(() => {
    hosts = new CaptureNetwork('guest');
  });
  afterEach(() => hosts.close());

  test.each(['af_packet', 'libpcap'] as const)('%s sees each packet of an exchange once, whole', async (kind) => {
    await hosts.serve('server');
    const stop = await hosts.record({ source: { kind, interfaces: ['client'] }, sources: 1 });
    const beginUs = Date.now() * 1000;
    hosts.exchange('client', hosts.server, 1, 300);
    await sleep(200);
    const { frames } = await stop();
    const seen = frames.filter(({ protocol }) => protocol === 17);
    expect(sorted(requests(seen))).toEqual(numbers(0, 300));
    expect(sorted(answers(seen))).toEqual(numbers(0, 300));
    for (const frame of seen) {
      // 14 bytes Ethernet, 20 IPv4, 8 UDP
      expect(frame).toMatchObject({ interface: 'client', wireBytes: 142, capturedBytes: 142 });
      expect(frame.timeUs).toBeGreaterThanOrEqual(beginUs);
      expect(frame.timeUs).toBeLessThanOrEqual(Date.now() * 1000);
    }
    expect(requests(seen).map(({ text }) => text)).toEqual(numbers(0, 300));
  });

  test('of frames whose payload nobody looks at the headers are captured, and the length is told', async () => {
    const source = { kind: 'af_packet', interfaces: ['any'], ebpf: true } as const;
    const stop = await hosts.record({ source, sources: 1, headersAlone: true });
    hosts.flood(20);
    hosts.floodLoopback(20);
    const { frames } = await stop();
    const seen = frames.filter(({ ports }) => ports[1] === 9);
    for (const name of ['lo', 'client']) {
      const there = seen.filter((frame) => frame.interface === name);
      const lengths = there.map(({ capturedBytes, wireBytes }) => [capturedBytes, wireBytes]);
      expect(lengths).toEqual(Array.from({ length: 20 }, () => [256, 1442]));
    }
  });

  test('what is in the ring when a source is told to stop is read', async () => {
    const source = { kind: 'af_packet', interfaces: ['client'] } as const;
    const stop = await hosts.record({ source, sources: 1, hangMs: 2000 }); // it has read nothing when it is told
    hosts.flood(500);
    const { count, counters } = await stop();
    expect(count).toBeGreaterThanOrEqual(500);
    expect(count).toBe(counters[0].received);
  });

  // `cap` ends its process when an interface goes: that is in the adapter's description, and not tried here.
  test.each([
    ['af_packet', 'come and go'],
    ['libpcap', 'come'],
  ] as const)('%s follows interfaces that %s', async (kind, what) => {
    await hosts.serve('server');
    const stop = await hosts.record({ source: { kind, interfaces: ['client', 'guest'] }, sources: 1 });
    hosts.network.link({ between: ['server', 'guest'], addresses: ['10.234.0.1/24', '10.234.0.2/24'] });
    await sleep(kind === 'af_packet' ? toldMs : lookMs);
    hosts.exchange('guest', '10.234.0.1', 1, 50);
    await sleep(200);
    if (what === 'come and go') hosts.network.exec('server', 'ip', 'link', 'del', 'guest');
    await sleep(toldMs);
    hosts.exchange('client', hosts.server, 1, 60);
    await sleep(200);
    const { frames } = await stop();
    const from = (name: string) => requests(frames).filter((frame) => frame.interface === name);
    expect(sorted(from('guest'))).toEqual(numbers(0, 50));
    expect(sorted(from('client'))).toEqual(numbers(0, 60));
  });

  test.each([
    { ebpf: false, loopback: 'a packet socket' },
    { ebpf: true, loopback: 'eBPF' },
  ])(
    'any takes each packet of loopback once ($loopback), those of a new interface at once, and a second before the next',
    async ({ ebpf }) => {
      await hosts.serve('server');
      const stop = await hosts.record({ source: { kind: 'af_packet', interfaces: ['any'], ebpf }, sources: 1 });
      const fromMs = Date.now();
      let rounds = 0;
      for (; Date.now() < fromMs + 1200; rounds++) {
        hosts.exchange('server', '127.0.0.1', 1, 20);
        hosts.exchange('client', hosts.server, 1, 20);
      }
      hosts.network.link({ between: ['server', 'guest'], addresses: ['10.234.0.1/24', '10.234.0.2/24'] });
      hosts.exchange('guest', '10.234.0.1', 1, 50);
      await sleep(200);
      // sk, RefCnt, Type, Proto, Iface ...: packet sockets by index of their interface, 1 is lo
      const sockets = hosts.network.exec('server', 'cat', '/proc/net/packet').trim().split('\n').slice(1);
      expect(sockets.some((line) => line.trim().split(/\s+/)[4] === '1')).toBe(!ebpf);
      const { frames } = await stop();
      const from = (name: string) => requests(frames).filter((frame) => frame.interface === name);
      const inRounds = sorted(
        Array.from({ length: rounds }, () => numbers(0, 20))
          .flat()
          .map((text) => ({ text })),
      );
      expect(sorted(from('lo'))).toEqual(inRounds);
      expect(sorted(from('client'))).toEqual(inRounds);
      expect(sorted(from('guest'))).toEqual(numbers(0, 50));
      const seconds = frames.map(({ timeUs }) => Math.floor(timeUs / 1e6));
      expect(seconds).toEqual(seconds.toSorted());
      expect(new Set(seconds).size).toBeGreaterThan(1);
    },
  );

  test('two AF_PACKET sources share flows, lose none and take none twice', async () => {
    await hosts.serve('server');
    const options: RecorderOptions = { source: { kind: 'af_packet', interfaces: ['client'] }, sources: 2 };
    const stop = await hosts.record(options);
    hosts.exchange('client', hosts.server, 100, 20);
    await sleep(200);
    const { frames, counters } = await stop();
    expect(sorted(requests(frames))).toEqual(numbers(0, 2000));
    expect(sorted(answers(frames))).toEqual(numbers(0, 2000));
    for (const { droppedByKernel } of counters) expect(droppedByKernel).toBe(0);
    const sourcesOf = new Map<number, Set<number>>();
    for (const { ports, source } of frames) {
      const flow = ports[0] === echoPort ? ports[1] : ports[0];
      sourcesOf.set(flow, (sourcesOf.get(flow) ?? new Set()).add(source));
    }
    const flows = [...sourcesOf.values()];
    expect(flows.every((sources) => sources.size === 1)).toBe(true);
    expect(new Set(flows.flatMap((sources) => [...sources])).size).toBe(2);
  });

  test.each([
    { interface: 'client', ebpf: false, server: 'client', address: '10.233.0.2', own: ['10.233.0.2'] },
    { interface: 'lo', ebpf: true, server: 'server', address: '127.0.0.1', own: ['127.0.0.1', '::1'] },
  ] as const)('connections of the own process are left out at $interface, those of others are not', async (at) => {
    await hosts.serve(at.server);
    const stop = await hosts.record({
      source: { kind: 'af_packet', interfaces: [at.interface], ebpf: at.ebpf, excludeOwnTraffic: true },
      sources: 1,
      own: { addresses: at.own, port: echoPort },
    });
    await sleep(lookMs);
    const fromUs = Date.now() * 1000;
    hosts.exchange('server', at.address, 1, 40);
    await sleep(500);
    const { frames, ownPorts } = await stop();
    const isOwn = ({ protocol, ports }: RecordedFrame) =>
      protocol === 6 && ports.some((port) => ownPorts.includes(port));
    const later = frames.filter(({ timeUs }) => timeUs >= fromUs);
    expect(ownPorts.length).toBe(at.own.length);
    expect(frames.filter(isOwn)).not.toEqual([]); // before it had looked
    expect(later.filter(isOwn)).toEqual([]);
    expect(sorted(requests(later).filter(({ protocol }) => protocol === 17))).toEqual(numbers(0, 40));
  });

  test('what a full ring loses is counted: the kernel had as many packets as were read and dropped', async () => {
    const stop = await hosts.record({
      source: { kind: 'af_packet', interfaces: ['client'], ringBytes: 1 << 22 },
      sources: 1,
      hangMs: 4000,
    });
    hosts.flood(8000);
    await sleep(5000);
    const { count, counters } = await stop();
    const [{ received, droppedByKernel }] = counters;
    expect(droppedByKernel).toBeGreaterThan(1000);
    expect(received).toBeGreaterThanOrEqual(8000);
    expect(count + droppedByKernel).toBe(received);
  });
});
