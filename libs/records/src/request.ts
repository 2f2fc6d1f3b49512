import { optional as opt, prefixed, type RowOf, required as req } from './field.ts';
import { recordType } from './record-type.ts';
import { sideTags, tagState } from './tags.ts';

const us = { unit: 'us' };
const bytes = { unit: 'bytes' };

const requestFields = {
  request_id: req('id', 'key', 'Made from what was observed: the same on every replay'),
  flow_id: req('id', 'key', 'Flow that carried the request'),
  start_us: req('time', 'min', 'First byte of the request; of a lone response, its first byte', us),
  end_us: req('time', 'max', 'Last byte of the response; of a request without one, its last byte', us),
  agent: req('name', 'key', 'Capturer that saw the request'),
  interface: opt('name', 'key', 'Network interface on which the request was seen'),
  source: req('name', 'key', 'af_packet, libpcap, pcap or ebpf'),
  observation_point: req('name', 'key', 'Where on the path: c, s, c-nd, s-nd, c-gw, s-gw, c-p, s-p, local or rest'),
  transport: req('name', 'key', 'tcp, udp, unix, icmp ...'),
  protocol: req('name', 'key', 'http, http2, grpc, dns, mysql, postgresql, redis, kafka ...'),
  version: opt('name', 'key', 'Version of the protocol: 1.1, 2, 3 ...'),
  is_tls: opt('bool', 'key', 'Read under TLS'),
  request_type: opt('name', 'key', 'GET, SELECT, SET, Produce ...'),
  request_domain: opt('text', 'key', 'Host, virtual host, cluster or client id'),
  request_resource: opt('text', 'key', 'Path, statement, key, topic ...; literals masked'),
  endpoint: opt('name', 'key', 'What metrics are counted by: of low cardinality'),
  protocol_request_id: opt('text', 'key', 'Id that the protocol itself gives: DNS id, HTTP/2 stream, correlation id'),
  response_code: opt('name', 'last', 'Code of the response, as the protocol writes it'),
  response_status: req('name', 'last', 'ok, client_error, server_error, timeout or unknown'),
  response_exception: opt('text', 'last', 'Text of the error'),
  response_result: opt('text', 'last', 'Answer in short: DNS records, redirect target ...'),
  request_bytes: opt('u64', 'sum', 'Bytes of the request message, headers and body', bytes),
  response_bytes: opt('u64', 'sum', 'Bytes of the response message, headers and body', bytes),
  rows_affected: opt('u64', 'sum', 'Rows returned or changed', { unit: 'rows' }),
  is_one_way: opt('bool', 'key', 'The protocol gives no response to this message'),
  has_request: req('bool', 'or', 'The request itself was seen'),
  has_response: req('bool', 'or', 'The response itself was seen'),
  req_tcp_seq: opt(
    'u32',
    'key',
    'TCP sequence number of the first byte of the request (RFC 9293 3.4); of a Unix socket a number that both its ends have',
  ),
  resp_tcp_seq: opt('u32', 'key', 'TCP sequence number of the first byte of the response'),
  trace_id: opt('text', 'first', 'Trace that the request names in traceparent, b3, uber-trace-id or sw8'),
  span_id: opt('text', 'first', 'Span that the request names as its parent in that trace'),
  trace_sampled: opt('bool', 'or', 'The trace header says that the trace is sampled'),
  x_request_id: opt('text', 'first', 'X-Request-ID of the request'),
  x_request_id_response: opt('text', 'first', 'X-Request-ID of the response'),
  parent_request_id: opt('id', 'first', 'Incoming request that made this process send this one'),
  link: opt('name', 'first', 'How that parent is known: observed, header or inferred'),
  link_rule: opt('name', 'first', 'Name of the rule that found the parent'),
  link_confidence: opt('f32', 'first', '0 to 1, of an inferred parent'),
  process_id: opt('u32', 'key', 'Process of the observation point, where system calls were seen'),
  thread_id: opt('u32', 'key', 'Thread that read or wrote the request'),
  process: opt('name', 'key', 'Name of that process'),
  container_id: opt('name', 'key', 'Container in which that process runs, by its cgroup: 64 hex digits'),
  client_ip: req('ip', 'key', 'Side that asked'),
  client_port: opt('u16', 'key', 'Port of the client'),
  client_mac: opt('mac', 'first', 'MAC address of the client side at this observation point'),
  server_ip: req('ip', 'key', 'Side that was asked'),
  server_port: opt('u16', 'key', 'Port of the server'),
  server_mac: opt('mac', 'first', 'MAC address of the server side at this observation point'),
  vlan: opt('u16', 'key', 'VLAN id of the flow'),
  tunnel_type: opt('name', 'key', 'Outermost tunnel of the flow'),
  tunnel_id: opt('u32', 'key', 'VNI or key of that tunnel'),
  ovn_client_port: opt(
    'u16',
    'first',
    "Key of the client's logical port in the logical network tunnel_id, by OVN's Geneve option",
  ),
  ovn_server_port: opt('u16', 'first', "Key of the server's logical port there"),
  attributes: opt('map', 'first', 'Further OpenTelemetry attributes of the span, by their names in the conventions'),
} as const;

const tags = { tag_state: tagState, ...prefixed('client', sideTags), ...prefixed('server', sideTags) } as const;

export const rawRequest = recordType(
  'requests.raw',
  1,
  'An application request and its response at one observation point',
  requestFields,
);

export const taggedRequest = recordType('requests', 1, 'A raw request and who its two sides are', {
  ...requestFields,
  ...tags,
});

export const requestLog = recordType('request-logs', 1, 'An application request at one observation point', {
  duration_us: req('u64', 'max', 'end_us - start_us', us),
  ...requestFields,
  ...tags,
});

export type RawRequest = RowOf<typeof rawRequest.fields>;
export type TaggedRequest = RowOf<typeof taggedRequest.fields>;
export type RequestLog = RowOf<typeof requestLog.fields>;

/** Whether it is a message that a broker pushes to a consumer, who has not asked for it (AMQP 0-9-1 1.8.3.13). */
export const isPushed = ({ request_type }: Pick<RawRequest, 'request_type'>): boolean =>
  request_type === 'Basic.Deliver';
