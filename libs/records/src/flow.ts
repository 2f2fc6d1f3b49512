import { optional as opt, prefixed, type RowOf, required as req } from './field.ts';
import { recordType } from './record-type.ts';
import { sideTags, tagState } from './tags.ts';

const us = { unit: 'us' };
const bytes = { unit: 'bytes' };
const packets = { unit: 'packets' };
const ofTcp = { when: ['tcp'] };
const tcpPackets = { ...packets, ...ofTcp };
const ofPorts = { when: ['tcp', 'udp', 'sctp'] };

/** A delay measured several times in a flow. */
const delay = <P extends string>(prefix: P, what: string) =>
  ({
    [`${prefix}_sum_us`]: opt('u64', 'sum', `${what}: sum`, us),
    [`${prefix}_count`]: opt('u32', 'sum', `${what}: how often it was measured`),
    [`${prefix}_max_us`]: opt('u32', 'max', `${what}: the longest`, us),
  }) as { readonly [N in `${P}_sum_us`]: ReturnType<typeof opt<'u64'>> } & {
    readonly [N in `${P}_count` | `${P}_max_us`]: ReturnType<typeof opt<'u32'>>;
  };

const identity = {
  flow_id: req('id', 'key', 'Made from what was observed: the same on every replay'),
  agent: req('name', 'key', 'Capturer that saw the flow: node or host name; in a replay the name of the file'),
  interface: opt('name', 'key', 'Network interface on which the flow was seen'),
  source: req('name', 'key', 'af_packet, libpcap, pcap or ebpf'),
  observation_point: req('name', 'last', 'Where on the path: c, s, c-nd, s-nd, c-gw, s-gw, c-p, s-p, local or rest'),
  protocol: req('name', 'key', 'tcp, udp, icmp, icmp6, sctp, gre, esp ...; ip-N for a protocol without a name'),
  ip_version: req('u8', 'key', '4 or 6; 0 for a flow without IP (ARP)'),
  vlan: opt('u16', 'key', 'VLAN id nearest to the inner packet (IEEE 802.1Q)'),
  tunnel_type: opt('name', 'key', 'vxlan, geneve, gre, ipip, gtp ...: the outermost tunnel'),
  tunnel_id: opt('u32', 'key', 'VNI, key, session or TEID of the outermost tunnel'),
  ovn_client_port: opt(
    'u16',
    'first',
    "Key of the client's logical port in the logical network tunnel_id, by OVN's Geneve option",
  ),
  ovn_server_port: opt('u16', 'first', "Key of the server's logical port there"),
  tunnel_src: opt('ip', 'first', 'Source of the outermost tunnel in the first packet of the flow'),
  tunnel_dst: opt('ip', 'first', 'Destination of the outermost tunnel in the first packet of the flow'),
  tunnel_tier: opt('u8', 'key', 'How many tunnels lie around the packet'),
  client_ip: req('ip', 'key', 'Side that opened the flow'),
  client_port: opt('u16', 'key', 'Port of the client', ofPorts),
  client_mac: opt('mac', 'first', 'MAC address of the client side at this observation point'),
  server_ip: req('ip', 'key', 'Side that was asked'),
  server_port: opt('u16', 'key', 'Port of the server', ofPorts),
  server_mac: opt('mac', 'first', 'MAC address of the server side at this observation point'),
} as const;

const lifetime = {
  start_us: req('time', 'min', 'First packet of the flow in this row', us),
  end_us: req('time', 'max', 'Last packet of the flow in this row', us),
  is_new: req('bool', 'or', 'The flow began in this row'),
  is_reversed: opt('bool', 'last', 'Client and server changed places: earlier rows have them the wrong way round'),
  close_type: req('name', 'last', 'How the flow ended; periodic while it is open'),
} as const;

const counters = {
  packets_tx: req('u64', 'sum', 'Packets from client to server', packets),
  packets_rx: req('u64', 'sum', 'Packets from server to client', packets),
  bytes_tx: req('u64', 'sum', 'Bytes of frames from client to server', bytes),
  bytes_rx: req('u64', 'sum', 'Bytes of frames from server to client', bytes),
  l3_bytes_tx: req('u64', 'sum', 'Bytes of IP packets (header and payload) from client to server', bytes),
  l3_bytes_rx: req('u64', 'sum', 'Bytes of IP packets (header and payload) from server to client', bytes),
  l4_bytes_tx: req('u64', 'sum', 'Bytes of TCP or UDP payload from client to server', bytes),
  l4_bytes_rx: req('u64', 'sum', 'Bytes of TCP or UDP payload from server to client', bytes),
  icmp_errors: opt('u32', 'sum', 'ICMP errors that quote a packet of the flow (RFC 792, RFC 4443)', packets),
} as const;

const tcp = {
  tcp_flags_tx: opt('u8', 'or', 'TCP flags seen from the client, bits as in RFC 9293 3.1 (FIN 1 ... CWR 128)', ofTcp),
  tcp_flags_rx: opt('u8', 'or', 'TCP flags seen from the server', ofTcp),
  syn_count: opt('u32', 'sum', 'SYN packets', tcpPackets),
  synack_count: opt('u32', 'sum', 'SYN-ACK packets', tcpPackets),
  retrans_syn: opt('u32', 'sum', 'SYN packets sent again', tcpPackets),
  retrans_synack: opt('u32', 'sum', 'SYN-ACK packets sent again', tcpPackets),
  retrans_tx: opt('u32', 'sum', 'Retransmitted segments from the client, without SYN', tcpPackets),
  retrans_rx: opt('u32', 'sum', 'Retransmitted segments from the server, without SYN-ACK', tcpPackets),
  out_of_order_tx: opt('u32', 'sum', 'Segments from the client that came after a later one', tcpPackets),
  out_of_order_rx: opt('u32', 'sum', 'Segments from the server that came after a later one', tcpPackets),
  zero_window_tx: opt('u32', 'sum', 'Segments without RST in which the client offers no window', tcpPackets),
  zero_window_rx: opt('u32', 'sum', 'Segments without RST in which the server offers no window', tcpPackets),
  rtt_us: opt('u32', 'first', 'First SYN to the ACK that completes the handshake', us),
  rtt_client_us: opt('u32', 'first', 'SYN-ACK to that ACK', us),
  rtt_server_us: opt('u32', 'first', 'SYN to SYN-ACK', us),
  ...delay('srt', 'Data of the client to its pure ACK by the server'),
  ...delay('art', 'Last byte of a request to the first byte of the answer'),
  ...delay('cit', 'Client idle between an answer and its next request'),
} as const;

const application = {
  l7_protocol: opt('name', 'last', 'Application protocol, found by content'),
  l7_request: opt('u32', 'sum', 'Application requests'),
  l7_response: opt('u32', 'sum', 'Application responses'),
  l7_client_error: opt('u32', 'sum', 'Responses with status client_error'),
  l7_server_error: opt('u32', 'sum', 'Responses with status server_error'),
  l7_timeout: opt('u32', 'sum', 'Requests without a response in time'),
  ...delay('rrt', 'Application request to its response'),
} as const;

const flowFields = { ...identity, ...lifetime, ...counters, ...tcp, ...application } as const;
const tags = { tag_state: tagState, ...prefixed('client', sideTags), ...prefixed('server', sideTags) } as const;

/** What a capturer publishes every second for every flow that had packets or ended. */
export const rawFlow = recordType('flows.raw', 1, 'One-second tick of a flow at one observation point', flowFields);

export const taggedFlow = recordType('flows', 1, 'A raw flow tick and who its two sides are', {
  ...flowFields,
  ...tags,
});

export const flowLog = recordType('flow-logs', 1, 'A flow, at one observation point, in one natural minute (UTC)', {
  minute_us: req('time', 'key', 'Start of the minute', us),
  duration_us: req('u64', 'max', 'end_us - start_us', us),
  status: req('name', 'last', 'ok, client_error, server_error or unknown: from close_type'),
  ...flowFields,
  ...tags,
});

export type RawFlow = RowOf<typeof rawFlow.fields>;
export type TaggedFlow = RowOf<typeof taggedFlow.fields>;
export type FlowLog = RowOf<typeof flowLog.fields>;
