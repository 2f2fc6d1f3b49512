import { Drop, ICMP, SCTP, Tunnel, UDP } from '@flowloom/packet';
import { expect, test } from 'vitest';
import { Exchange, swapEnds } from './testing/exchange.ts';
import { defaultTimeouts, type FlowTimeouts } from './timeouts.ts';

function udp(wire: Exchange, len = 10): Exchange {
  const { packet } = wire;
  packet.drop = Drop.none;
  packet.ipVersion = 4;
  packet.protocol = UDP;
  packet.addresses.set([0, 0, 0xffff, 0x0a000001, 0, 0, 0xffff, 0x0a000002]);
  packet.srcPort = 40_000;
  packet.dstPort = 53;
  packet.payloadBytes = len;
  packet.l3Bytes = len + 28;
  packet.frameBytes = len + 42;
  return wire;
}

test('both directions make one flow, whose rows add up', () => {
  const wire = new Exchange().handshake();
  wire.client('PA', { len: 100 }).wait(1).server('PA', { len: 900 }).wait(1).client('FA').server('FA').client('A');
  const flow = wire.finish();
  expect(wire.sums()).toHaveLength(1);
  expect(flow).toMatchObject({
    rows: 3,
    protocol: 'tcp',
    ip_version: 4,
    client_ip: '10.0.0.1',
    client_port: 40_000,
    client_mac: '00:00:00:00:00:01',
    server_ip: '10.0.0.2',
    server_port: 80,
    packets_tx: 5,
    packets_rx: 3,
    l4_bytes_tx: 100,
    l4_bytes_rx: 900,
    l3_bytes_tx: 300,
    bytes_rx: 54 * 3 + 900,
    tcp_flags_tx: 0x1b,
    tcp_flags_rx: 0x1b,
    close_type: 'normal',
    observation_point: 'rest',
  });
  expect(wire.rows.map((row) => row.is_new)).toEqual([true, false, false]);
});

test('a new SYN on a live pair of ports is another flow', () => {
  const wire = new Exchange().handshake().client('PA', { len: 10 });
  wire.sequences(70_000, 90_000).handshake();
  wire.table.flush();
  expect(wire.sums()).toHaveLength(2);
  expect(wire.table.metrics.portsReused).toBe(1);
});

test('the same SYN again is the same flow, however late', () => {
  const wire = new Exchange().client('S').wait(20).client('S', { seq: 1000 }).wait(60).client('S', { seq: 1000 });
  const flow = wire.finish();
  expect(wire.sums()).toHaveLength(1);
  expect([flow.syn_count, flow.close_type]).toEqual([3, 'server_syn_missing']);
});

test('packets after the end are further rows of the same flow, unless they open another', () => {
  const wire = new Exchange().handshake().client('FA').server('FA').client('A').wait(3);
  wire.client('A', { seq: 1001 }).wait(3);
  const flow = wire.finish();
  expect(wire.sums()).toHaveLength(1);
  expect([flow.packets_tx, flow.close_type]).toEqual([5, 'normal']);
  expect(wire.table.metrics.revived).toBe(1);
});

test('a closed connection is forgotten after two segment lifetimes', () => {
  const wire = new Exchange().handshake().client('R').wait(300).client('A');
  wire.table.flush();
  expect(wire.sums()).toHaveLength(2);
});

test.each<[state: keyof FlowTimeouts, script: (wire: Exchange) => unknown]>([
  ['openingMs', (w) => w.client('S')],
  ['openingMs', (w) => w.client('S').server('SA')],
  ['establishedMs', (w) => w.handshake().client('PA', { len: 1 })],
  ['closingMs', (w) => w.handshake().client('FA')],
  ['closingMs', (w) => w.handshake().server('FA').client('FA')],
  ['resetMs', (w) => w.handshake().client('PA', { len: 1 }).server('R')],
  ['otherMs', (w) => udp(w).update()],
])('%s says how long a flow in that state may be silent', (state, script) => {
  // Any other time-out would come much later, or much earlier.
  for (const others of [1000, 900_000]) {
    const all = Object.keys(defaultTimeouts).map((name) => [name, name === state ? 20_000 : others]);
    const wire = new Exchange({ timeouts: Object.fromEntries(all) });
    script(wire);
    const ended = () => wire.table.metrics.flowsEnded.reduce((sum, flows) => sum + flows);
    wire.wait(19);
    expect(ended()).toBe(0);
    wire.wait(3);
    expect(ended()).toBe(1);
  }
});

test('a UDP flow ends five seconds after its last packet', () => {
  const wire = udp(new Exchange());
  wire.update();
  wire.wait(4).update();
  wire.wait(7).update();
  wire.table.flush();
  expect(wire.sums().map((flow) => [flow.packets_tx, flow.close_type])).toEqual([
    [2, 'normal'],
    [1, 'normal'],
  ]);
});

test('the answer to a datagram gives its ART', () => {
  const wire = udp(new Exchange());
  wire.update();
  swapEnds(wire.packet);
  wire.timeUs += 1500;
  wire.update();
  expect(wire.finish()).toMatchObject({
    server_port: 53,
    packets_tx: 1,
    packets_rx: 1,
    art_sum_us: 1500,
    art_count: 1,
  });
});

test.each([
  ['VLAN', (wire: Exchange) => (wire.packet.vlan = 7)],
  ['tunnel', (wire: Exchange) => Object.assign(wire.packet, { tunnelType: Tunnel.vxlan, tunnelId: 7, tunnelTier: 1 })],
  ['port', (wire: Exchange) => (wire.packet.srcPort = 7)],
  ['address', (wire: Exchange) => (wire.packet.addresses[3] = 7)],
  ['protocol', (wire: Exchange) => (wire.packet.protocol = 99)],
])('another %s is another flow', (_what, change) => {
  const wire = udp(new Exchange());
  wire.update();
  change(wire);
  wire.update();
  wire.table.flush();
  expect(wire.sums()).toHaveLength(2);
});

test('addresses that differ in any word are other flows', () => {
  const wire = udp(new Exchange());
  wire.packet.ipVersion = 6;
  for (let word = 0; word < 8; word++) {
    wire.packet.addresses.fill(5);
    wire.packet.addresses[word] = 6;
    wire.update();
  }
  wire.table.flush();
  expect(wire.sums()).toHaveLength(8);
  const ends = wire.sums().map((flow) => `${flow.client_ip} ${flow.client_port} ${flow.server_ip}`);
  expect(new Set(ends).size).toBe(8);
});

test('the id comes from what was observed: equal on every replay, other for another start or agent', () => {
  const id = (after: number) => new Exchange().client('S', { after }).finish().flow_id;
  expect(id(1)).toBe(id(1));
  expect(id(1)).not.toBe(id(2));
});

test('an ICMP error is counted on the flow that it quotes, and is a packet of its own flow', () => {
  const wire = udp(new Exchange());
  wire.update();
  const { packet } = wire;
  packet.quotedIpVersion = 4;
  packet.quotedProtocol = UDP;
  packet.quotedAddresses.set(packet.addresses);
  packet.quotedSrcPort = packet.srcPort;
  packet.quotedDstPort = packet.dstPort;
  packet.protocol = ICMP;
  packet.icmpType = 3;
  packet.addresses[3] = 0x0a0000fe;
  wire.update();
  packet.quotedSrcPort = 1;
  wire.update();
  wire.table.flush();
  expect(wire.sums().map((flow) => [flow.protocol, flow.packets_tx, flow.icmp_errors ?? 0])).toEqual([
    ['udp', 1, 1],
    ['icmp', 2, 0],
  ]);
  expect(wire.table.metrics.icmpErrorsOfUnknownFlows).toBe(1);
});

test('echoes are told apart by their identifier, and the one who asks is the client', () => {
  const wire = udp(new Exchange());
  Object.assign(wire.packet, { protocol: ICMP, icmpType: 0, icmpId: 1, srcPort: 0, dstPort: 0 });
  wire.update();
  wire.packet.icmpId = 2;
  wire.update();
  wire.table.flush();
  expect(wire.sums().map((flow) => [flow.client_ip, flow.client_port, flow.packets_rx])).toEqual([
    ['10.0.0.2', undefined, 1],
    ['10.0.0.2', undefined, 1],
  ]);
});

test.each([
  [[14, 0, 0, 4], 'normal'],
  [[6, 0, 0, 4], 'client_rst'],
  [[0, 3, 0, 4], 'normal'],
])('an SCTP association with the chunk %j ends as %s', (chunk, closeType) => {
  const wire = udp(new Exchange());
  const chunks = [
    [1, 0, 0, 4],
    [3, 0, 0, 4, ...chunk],
  ];
  for (const bytes of chunks) {
    Object.assign(wire.packet, {
      protocol: SCTP,
      bytes: Uint8Array.from(bytes),
      payloadStart: 0,
      payloadEnd: bytes.length,
    });
    wire.update();
  }
  expect(wire.finish()).toMatchObject({ protocol: 'sctp', close_type: closeType, client_ip: '10.0.0.1' });
});

test('fragments that came before their first one are counted with it', () => {
  const wire = udp(new Exchange());
  wire.packet.drop = Drop.fragment_held;
  wire.update();
  Object.assign(wire.packet, {
    drop: Drop.none,
    heldPackets: 1,
    heldFrameBytes: 500,
    heldL3Bytes: 480,
    heldPayloadBytes: 460,
  });
  wire.update();
  expect(wire.finish()).toMatchObject({ packets_tx: 2, bytes_tx: 552, l3_bytes_tx: 518, l4_bytes_tx: 470 });
  expect(wire.table.metrics.flowPackets).toBe(2);
  expect(wire.table.metrics.drops[Drop.fragment_held]).toBe(0);
});

test('every packet is in a flow or counted by a reason', () => {
  const wire = new Exchange().handshake();
  wire.packet.drop = Drop.malformed;
  expect(wire.update()).toBe(0);
  wire.packet.drop = Drop.arp;
  wire.update();
  const { metrics } = wire.table;
  expect([metrics.flowPackets, metrics.drops[Drop.malformed], metrics.drops[Drop.arp]]).toEqual([3, 1, 1]);
  expect(metrics.snapshot()).toMatchObject({ flowPackets: 3, drops_malformed: 1, drops_arp: 1 });
});

test('what the application protocol counts is in the rows', () => {
  const wire = new Exchange().handshake().client('PA', { len: 10 });
  const { table } = wire;
  const id = table.slot;
  table.setProtocol(id, 'http');
  table.addRequest(id);
  table.addRequest(id);
  table.addResponse(id, 'ok', 400);
  table.addResponse(id, 'client_error', 600);
  table.addTimeout(id);
  expect(wire.finish()).toMatchObject({
    l7_protocol: 'http',
    l7_request: 2,
    l7_response: 2,
    l7_client_error: 1,
    l7_timeout: 1,
    rrt_sum_us: 1000,
    rrt_count: 2,
    rrt_max_us: 600,
  });
});

test('what a packet before left in the fields of a tunnel makes no other flow of a plain one', () => {
  const exchange = new Exchange();
  exchange.client('S');
  exchange.packet.tunnelId = 42;
  exchange.server('SA').client('A');
  exchange.table.flush();
  expect(exchange.sums()).toMatchObject([{ packets_tx: 2, packets_rx: 1 }]);
});
