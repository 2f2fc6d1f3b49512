import { rawFlow, rowOf } from '@flowloom/records';
import { decodeArrow } from '@flowloom/records/arrow';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureSession, type CaptureSessionOptions, type SessionOutput } from './capture-session.ts';
import { type FrameSink, type NetworkInterface, type PacketSource, SourceError } from './packet-source.ts';

/** A UDP datagram from 10.0.0.1 to 10.0.0.2, port 9000 (RFC 791 3.1, RFC 768). */
const datagram = Buffer.from(
  '0200000000020200000000010800' + '4500001e0000000040110000' + '0a0000010a000002' + '9c402328000a0000' + '6869',
  'hex',
);
const veth: NetworkInterface = { index: 7, name: 'veth1', mac: 2, addresses: [], hardwareType: 1, leadsToEnd: true };

class ScriptedSource implements PacketSource {
  readonly kind = 'af_packet';
  sink: FrameSink | undefined;
  /** What waits in the ring. */
  readonly waiting: Buffer[] = [];
  error: SourceError | undefined;
  payload: boolean | undefined;
  payloadOnLoopback: boolean | undefined;

  setPayload(isWanted: boolean, isWantedOnLoopback = isWanted): void {
    this.payloadOnLoopback = isWantedOnLoopback;
    this.payload = isWanted;
  }

  open(sink: FrameSink): void {
    if (this.error) throw this.error;
    this.sink = sink;
    sink.interfaces([veth], []);
  }

  async drain(): Promise<void> {
    for (const bytes of this.waiting.splice(0)) this.frame(bytes);
  }

  counters() {
    return { received: 3, droppedByKernel: 1, droppedByInterface: 0 };
  }

  close(): void {
    this.sink = undefined;
  }

  frame(bytes: Buffer, interfaceIndex = veth.index, direction = 1): void {
    this.sink?.frame(bytes, 0, bytes.length, bytes.length, Date.now() * 1000, 1, interfaceIndex, 0, direction);
  }
}

const flowsOf = (outputs: readonly SessionOutput[]) =>
  outputs
    .flatMap(({ records }) => records)
    .filter(({ topic }) => topic === 'flowsRaw')
    .flatMap(({ value }) => {
      const decoded = decodeArrow(rawFlow, value);
      if (!decoded.ok) throw new Error('no Arrow stream');
      const { batch } = decoded;
      return Array.from({ length: batch.length }, (_, row) => rowOf(batch, row));
    });

describe('CaptureSession', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  function session(l7: CaptureSessionOptions['l7'] = null) {
    const source = new ScriptedSource();
    const outputs: SessionOutput[] = [];
    const failures: Error[] = [];
    const options = { agent: 'node-1', partitions: { flowsRaw: 4, requestsRaw: 4 }, maxFlows: 100, serverPorts: [] };
    const capture = new CaptureSession(
      source,
      { ...options, l7 },
      (output) => outputs.push(output),
      (error) => failures.push(error),
    );
    return { source, outputs, failures, capture };
  }

  it('gives the flows of a second as records, with agent, interface and observation point', async () => {
    const { source, outputs, capture } = session();
    capture.start();
    source.frame(datagram);
    vi.advanceTimersByTime(3000);
    expect(flowsOf(outputs)).toMatchObject([
      {
        agent: 'node-1',
        interface: 'veth1',
        source: 'af_packet',
        observation_point: 'c',
        client_ip: '10.0.0.1',
        server_port: 9000,
        packets_tx: 1,
      },
    ]);
    await capture.stop();
  });

  it('counts packets, what was dropped of them and why', async () => {
    const { source, outputs, capture } = session();
    capture.start();
    source.frame(datagram);
    source.frame(datagram.subarray(0, 20));
    vi.advanceTimersByTime(1000);
    const { counters } = outputs[outputs.length - 1];
    expect(counters).toMatchObject({ packets: 2, received: 3, droppedByKernel: 1, evictedFlows: 0 });
    expect(Object.values(counters.drops).reduce((sum, dropped) => sum + dropped, 0)).toBe(1);
    await capture.stop();
  });

  it('counts frames of an interface that it was not told of, and makes no flow of them', async () => {
    const { source, outputs, capture } = session();
    capture.start();
    source.frame(datagram, 99);
    await capture.stop();
    expect(outputs[outputs.length - 1].counters).toMatchObject({ packets: 1, drops: { interface_unknown: 1 } });
    expect(flowsOf(outputs)).toEqual([]);
  });

  it('gives every open flow its last row when it stops, and nothing after', async () => {
    const { source, outputs, capture } = session();
    capture.start();
    source.frame(datagram);
    await capture.stop();
    expect(flowsOf(outputs)).toHaveLength(1);
    vi.advanceTimersByTime(5000);
    expect(outputs).toHaveLength(1);
  });

  it('reads what still waits in the ring when it stops', async () => {
    const { source, outputs, capture } = session();
    capture.start();
    source.frame(datagram);
    source.waiting.push(datagram, datagram);
    await capture.stop();
    expect(flowsOf(outputs)).toMatchObject([{ packets_tx: 3 }]);
    expect(outputs[0].counters).toMatchObject({ packets: 3 });
  });

  it('wants payload while requests are seen, from shortly before a window on, and never without requests', () => {
    const { source, capture } = session({});
    capture.start();
    expect(source.payload).toBe(true);
    capture.setShare(0.1); // windows begin at multiples of 15 s: at 5 s this one is over
    const changes: [number, boolean | undefined][] = [];
    for (let second = 5.1; second < 20; second += 0.1) {
      vi.advanceTimersByTime(100);
      if (source.payload !== (changes.at(-1)?.[1] ?? true))
        changes.push([Math.round(second * 10) / 10, source.payload]);
    }
    // It is looked at from 0.1 s before to 0.2 s behind a window, and captured 0.3 s before that.
    expect(changes).toEqual([
      [5.3, false],
      [14.7, true],
      [16.8, false],
    ]);
    const flowsAlone = session();
    flowsAlone.capture.start();
    expect(flowsAlone.source.payload).toBe(false);
  });

  it('wants no payload of loopback where requests there are left to others', () => {
    const { source, capture } = session({});
    capture.start();
    expect(source.payloadOnLoopback).toBe(true);
    capture.setShare(0.9, true);
    expect([source.payload, source.payloadOnLoopback]).toEqual([true, false]);
    capture.setShare(1);
    expect(source.payloadOnLoopback).toBe(true);
  });

  it('passes on why it cannot begin, and later trouble of the source', () => {
    const { source, failures, capture } = session();
    source.error = new SourceError('needs root', 'not_permitted');
    expect(() => capture.start()).toThrow('needs root');
    capture.failed(new Error('gone'));
    expect(failures).toEqual([new Error('gone')]);
  });
});
