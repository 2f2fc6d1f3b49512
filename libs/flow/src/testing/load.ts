/**
 * A process to be measured: `node libs/flow/src/testing/load.ts flows|flood N` prints one line of JSON about a table that N
 * connections are in at the same time, or that N SYNs from spoofed addresses were thrown at.
 */
import { ACK, Packet, PSH, SYN, TCP } from '@flowloom/packet';
import { FlowTable } from '../flow-table.ts';

const established = 1000;
const server = 0x0a00_0001;

const [what, count] = [process.argv[2], Number(process.argv[3])];
const ended = new Set<number>();
const table = new FlowTable({
  capacity: what === 'flows' ? count : 65_536,
  sink: () => {},
  onEnd: (slot) => ended.add(slot),
});
const site = table.addInterface({ agent: 'a', name: '', source: 'pcap', kind: 'replay' });
const packet = new Packet();
Object.assign(packet, { ipVersion: 4, protocol: TCP, window: 100, frameBytes: 60, l3Bytes: 40, timeUs: 1e6 });
packet.addresses.set([0, 0, 0xffff, 0, 0, 0, 0xffff, 0]);

function send(client: number, port: number, fromClient: boolean, flags: number, seq: number, len = 0): number {
  const { addresses } = packet;
  addresses[3] = fromClient ? client : server;
  addresses[7] = fromClient ? server : client;
  packet.srcPort = fromClient ? port : 443;
  packet.dstPort = fromClient ? 443 : port;
  packet.tcpFlags = flags;
  packet.seq = seq;
  packet.ack = (flags & ACK) === 0 ? 0 : 1;
  packet.payloadBytes = len;
  packet.timeUs += 1;
  table.tick(packet.timeUs);
  return table.update(packet, site);
}

function connect(i: number): number {
  const [client, port] = [0x0b00_0000 + (i >>> 4), 1024 + (i & 15)];
  send(client, port, true, SYN, 0);
  send(client, port, false, SYN | ACK, 0);
  return send(client, port, true, ACK | PSH, 1, 100);
}

const rssBefore = process.memoryUsage.rss();
const slots = Array.from({ length: what === 'flows' ? 0 : established }, (_, i) => connect(i));
const rssAtStart = process.memoryUsage.rss();
const begin = performance.now();
if (what === 'flows') for (let i = 0; i < count; i++) connect(i);
else for (let i = 0; i < count; i++) send(0x2000_0000 + i, i & 0xffff, true, SYN, Math.imul(i, 0x9e3779b1) >>> 0);
const ms = performance.now() - begin;

const { flowPackets, evicted } = table.metrics;
console.log(
  JSON.stringify({
    size: table.size,
    flowPackets,
    evicted: [...evicted],
    establishedThatEnded: slots.filter((slot) => ended.has(slot)).length,
    rssBytes: process.memoryUsage.rss(),
    grownBytes: process.memoryUsage.rss() - (what === 'flows' ? rssBefore : rssAtStart),
    ms: Math.round(ms),
  }),
);
