// CPU per packet from frame to flow record with 1 k and with 1 M live flows. First as connections are used, in exchanges of four
// segments (request, acknowledgement, answer, acknowledgement), then at its worst, every packet of another flow than the one before.
// Expected: less than 1.5 times as much with 1 M flows, though none of their records is in a cache: those of 16 packets are
// fetched together. The rival, a Map of objects by text, waits for memory several times per packet, one after the other.
// Usage: node bench/live-flows.ts
import { compareLoops } from './lib/cpu-rate.ts';
import { FlowMapLoop, FlowTableLoop, type Order } from './lib/flow-mix.ts';

const packets = 1_000_000;
const few = 1 << 10;
const many = 1 << 20;
const loop = (name: string, one: FlowTableLoop | FlowMapLoop) => ({ name, run: () => one.run(packets) });

const comparisons: { name: string; title: string; input: string; order: Order }[] = [
  {
    name: 'live-flows',
    title: 'Frames to flow records: 1 M live flows',
    input: 'exchanges of 100 bytes each way with their acknowledgements, every exchange in another flow',
    order: 'exchanges',
  },
  {
    name: 'live-flows-scattered',
    title: 'Frames to flow records: 1 M live flows, every packet of another one',
    input: 'segments of 100 bytes in sequence',
    order: 'scattered',
  },
];

for (const { order, ...comparison } of comparisons) {
  await compareLoops({
    ...comparison,
    unit: 'packets',
    loops: [
      loop('1 M flows', new FlowTableLoop(many, order)),
      loop('the same with 1 k flows', new FlowTableLoop(few, order)),
      loop('Map of objects, 1 M flows', new FlowMapLoop(many, order)),
      loop('Map of objects, 1 k flows', new FlowMapLoop(few, order)),
    ],
  });
}
