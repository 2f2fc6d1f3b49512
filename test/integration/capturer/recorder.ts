// Runs on a host of the test network: records what packet sources of the capturer see, until its standard input ends; then
// prints a `Recording`. Usage: node recorder.ts '<RecorderOptions as JSON>'
import { connect } from 'node:net';
import { packetSource, type SourceOptions } from '../../../services/capturer/src/adapters/packet-sources.ts';

export interface RecorderOptions {
  readonly source: Partial<SourceOptions> & Pick<SourceOptions, 'kind' | 'interfaces'>;
  /** Sources that share the packets (PACKET_FANOUT). */
  readonly sources: number;
  /** Reads nothing for so long from the beginning on, ms. */
  readonly hangMs?: number;
  /** Payload is not looked at. */
  readonly headersAlone?: boolean;
  /** Opens connections of its own to this port at these addresses, and sends a line every 50 ms. */
  readonly own?: { readonly addresses: readonly string[]; readonly port: number };
}

/** A frame with UDP or TCP. */
export interface RecordedFrame {
  readonly source: number;
  readonly interface: string;
  readonly wireBytes: number;
  readonly capturedBytes: number;
  readonly timeUs: number;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  /** What a datagram carries. */
  readonly text: string;
}

export interface Recording {
  readonly frames: readonly RecordedFrame[];
  /** All frames, also those of other protocols. */
  readonly count: number;
  readonly counters: readonly { readonly received: number; readonly droppedByKernel: number }[];
  readonly ownPorts: readonly number[];
}

const options: RecorderOptions = JSON.parse(process.argv[2]);
const frames: RecordedFrame[] = [];
let count = 0;
const ownPorts: number[] = [];
const names = new Map<number, string>();

const sources = Array.from({ length: options.sources }, (_, source) => {
  const opened = packetSource({
    snaplen: 65_535,
    ringBytes: 1 << 24,
    hardwareTimestamps: false,
    excludeOwnTraffic: false,
    ebpf: false,
    fanoutGroup: options.sources > 1 ? process.pid & 0xffff : undefined,
    ...options.source,
  });
  opened.open({
    frame(bytes, start, capturedBytes, wireBytes, timeUs, _linkType, interfaceIndex) {
      count++;
      const frame = Buffer.from(bytes.buffer, bytes.byteOffset + start, capturedBytes);
      const isV6 = frame.readUInt16BE(12) === 0x86dd;
      const protocol = frame[isV6 ? 20 : 23];
      const transport = isV6 ? 54 : 34;
      if (capturedBytes < transport + 8 || (protocol !== 6 && protocol !== 17)) return;
      const ports = [frame.readUInt16BE(transport), frame.readUInt16BE(transport + 2)] as const;
      const text = protocol === 17 ? frame.toString('latin1', 42, 42 + 16).split(' ')[0] : '';
      const name = names.get(interfaceIndex) ?? `unknown ${interfaceIndex}`;
      frames.push({ source, interface: name, wireBytes, capturedBytes, timeUs, protocol, ports, text });
    },
    run() {},
    settle() {},
    interfaces(now) {
      for (const { index, name } of now) names.set(index, name);
    },
    failed(error) {
      throw error;
    },
  });
  if (options.headersAlone) opened.setPayload?.(false);
  return opened;
});

for (const address of options.own?.addresses ?? []) {
  const socket = connect(options.own!.port, address, () => {
    ownPorts.push(socket.localPort!);
    setInterval(() => socket.write('mine\n'), 50);
  });
}
process.stderr.write('ready\n');
if (options.hangMs) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, options.hangMs);
process.stdin.resume().once('end', async () => {
  for (const source of sources) await source.drain();
  const counters = sources.map((source) => source.counters());
  for (const source of sources) source.close();
  const recording: Recording = { frames, count, counters, ownPorts };
  process.stdout.write(JSON.stringify(recording), () => process.exit());
});
