// Heap that packets take on their way from frame to flow record: what it grows by over 10 M packets, in steps so short that no
// collection falls into most of them. Expected: 0 bytes per packet, but for what the compiler makes once; the rival, a Map of
// objects by text, makes a text per packet. Prints, and publishes nothing: bytes are no rate.
// Usage: node --expose-gc --min-semi-space-size=256 --max-semi-space-size=256 bench/allocation.ts
import { FlowMapLoop, FlowTableLoop } from './lib/flow-mix.ts';

const packets = 10_000_000;
const step = 100_000;
const flows = 1 << 10;

const collect = globalThis.gc;
if (collect === undefined) throw new Error('start it with --expose-gc and the sizes of its usage line');

function bytesPerPacket(loop: FlowTableLoop | FlowMapLoop): number {
  loop.run(packets / 10);
  let bytes = 0;
  for (let done = 0; done < packets; done += step) {
    collect!({ type: 'minor', execution: 'sync' });
    const before = process.memoryUsage().heapUsed;
    loop.run(step);
    bytes += Math.max(process.memoryUsage().heapUsed - before, 0);
  }
  return bytes / packets;
}

const ours = bytesPerPacket(new FlowTableLoop(flows, 'exchanges'));
const map = bytesPerPacket(new FlowMapLoop(flows, 'exchanges'));
console.table([
  { name: 'flow table', 'bytes per packet': ours.toFixed(3) },
  { name: 'Map of objects', 'bytes per packet': map.toFixed(3) },
]);
