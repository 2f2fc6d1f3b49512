// A packet source of the capturer until the signal SIGINT; prints what it counted as JSON. `bare`: its frames are only counted.
// `flows`: they go all the way: decode, flow table, rows of each second, published to the embedded bus; no request is looked for.
// Usage: node bench/lib/bare-capture.ts af_packet|libpcap bare|flows INTERFACE RESULT_FILE
import { writeFileSync } from 'node:fs';
import { EmbeddedBus } from '@flowloom/bus/embedded';
import { topicName, topics } from '@flowloom/records';
import { packetSource, type SourceOptions } from '../../services/capturer/src/adapters/packet-sources.ts';
import { CaptureSession } from '../../services/capturer/src/core/capture-session.ts';
import { noSpill } from '../../services/capturer/src/core/no-spill.ts';
import { PublishQueue } from '../../services/capturer/src/core/publish-queue.ts';
import { Publisher } from '../../services/capturer/src/core/publisher.ts';

const [kind, depth, name, resultFile] = process.argv.slice(2);
const topicPrefix = 'bench.';
const source = packetSource({
  kind: kind as SourceOptions['kind'],
  interfaces: [name],
  snaplen: 65_535,
  ringBytes: 1 << 26,
  hardwareTimestamps: false,
  excludeOwnTraffic: false,
  ebpf: true,
});
let packets = 0;

/** Ends the capture. */
type Stop = () => Promise<void>;

function countFrames(): Stop {
  source.open({
    frame() {
      packets++;
    },
    run() {},
    settle() {},
    interfaces() {},
    failed(error) {
      throw error;
    },
  });
  return async () => source.close();
}

async function makeFlows(): Promise<Stop> {
  const bus = new EmbeddedBus();
  const partitions = { flowsRaw: 4, requestsRaw: 4 };
  const specs = Object.entries(partitions).map(([topic, count]) => ({
    name: topicName(topics[topic as keyof typeof partitions], topicPrefix),
    partitions: count,
  }));
  await bus.createTopics(specs);
  const fail = (what: object) => {
    throw new Error(JSON.stringify(what));
  };
  const queue = new PublishQueue(64 << 20, noSpill, fail);
  const events = { published() {}, publishFailed: fail };
  const publisher = new Publisher(bus.producer(), queue, events, { topicPrefix });
  const session = new CaptureSession(
    source,
    { agent: 'bench', partitions, maxFlows: 1 << 18, serverPorts: [], l7: null },
    ({ records, counters }) => {
      packets = counters.packets;
      publisher.publish(records);
    },
    fail,
  );
  session.start();
  return async () => {
    await session.stop();
    await publisher.close();
  };
}

const before = process.cpuUsage();
const stop = await (depth === 'flows' ? makeFlows() : countFrames());
process.once('SIGINT', async () => {
  const { droppedByKernel } = source.counters();
  await stop();
  const { user, system } = process.cpuUsage(before);
  writeFileSync(resultFile, JSON.stringify({ packets, droppedByKernel, cpuS: (user + system) / 1e6 }));
  process.exit();
});
