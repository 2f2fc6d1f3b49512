// A packet source of the capturer whose frames are only counted, until the signal SIGINT. Prints what it counted as JSON.
// Usage: node bench/lib/bare-capture.ts af_packet|libpcap INTERFACE RESULT_FILE
import { writeFileSync } from 'node:fs';
import { packetSource, type SourceOptions } from '../../services/capturer/src/adapters/packet-sources.ts';

const [kind, name, resultFile] = process.argv.slice(2);
const source = packetSource({
  kind: kind as SourceOptions['kind'],
  interfaces: [name],
  snaplen: 65_535,
  ringBytes: 1 << 26,
  hardwareTimestamps: false,
  excludeOwnTraffic: false,
});
let packets = 0;
let bytes = 0;
const before = process.cpuUsage();
source.open({
  frame(_bytes, _start, _capturedBytes, wireBytes) {
    packets++;
    bytes += wireBytes;
  },
  settle() {},
  interfaces() {},
  failed(error) {
    throw error;
  },
});
process.once('SIGINT', () => {
  const { user, system } = process.cpuUsage(before);
  const { droppedByKernel } = source.counters();
  source.close();
  writeFileSync(resultFile, JSON.stringify({ packets, bytes, droppedByKernel, cpuS: (user + system) / 1e6 }));
  process.exit();
});
