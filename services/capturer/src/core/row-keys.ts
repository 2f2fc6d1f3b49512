import { partitionOf } from '@flowloom/bus';
import type { FlowBatch } from '@flowloom/flow';
import type { Exchange } from '@flowloom/l7';

const pair = new DataView(new ArrayBuffer(32));
const pairBytes = new Uint8Array(pair.buffer);
const sequence = new DataView(new ArrayBuffer(4));
const sequenceBytes = new Uint8Array(sequence.buffer);

/** Partition of a flow: by its two addresses in network byte order, the lower one first. */
export function flowPartition({ columns }: FlowBatch, row: number, partitions: number): number {
  const client = columns.client_ip.values;
  const server = columns.server_ip.values;
  const at = 4 * row;
  let i = 0;
  while (i < 3 && client[at + i] === server[at + i]) i++;
  const clientIsLow = client[at + i] <= server[at + i];
  const [low, high] = clientIsLow ? [client, server] : [server, client];
  for (let word = 0; word < 4; word++) {
    pair.setUint32(4 * word, low[at + word]);
    pair.setUint32(16 + 4 * word, high[at + word]);
  }
  return partitionOf(pairBytes, partitions);
}

/** What all observation points of a request see alike. */
export type RequestKey = Pick<Exchange, 'req_tcp_seq' | 'resp_tcp_seq' | 'protocol_request_id'>;

/**
 * Partition of a request: by the TCP sequence number of its first byte (of a lone response, of its own first byte), else
 * by the id that the protocol gives. So all observation points of one request meet.
 */
export function requestPartition(request: RequestKey, partitions: number): number {
  const seq = request.req_tcp_seq || request.resp_tcp_seq;
  if (seq === 0) return partitionOf(request.protocol_request_id, partitions);
  sequence.setUint32(0, seq);
  return partitionOf(sequenceBytes, partitions);
}
