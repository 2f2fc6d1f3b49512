import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { appendRow, Batch, moveBatch, rawRequest, receiveBatch, rowOf } from './index.ts';

it('a batch arrives in another thread as it was, and may grow there', () => {
  const batch = new Batch(rawRequest, 2);
  const rows = [
    { agent: 'a', request_type: 'GET', request_resource: '/x', start_us: 1_700_000_000_000_000, client_ip: '10.0.0.1' },
    { agent: 'b', request_type: 'GET', endpoint: '/y', client_port: 4711 },
    { agent: 'a', request_type: 'POST', trace_id: '0af7651916cd43dd8448eb211c80319c' },
  ];
  for (const row of rows) appendRow(batch, row);
  const sent = rows.map((_, row) => rowOf(batch, row));
  const [moved, memory] = moveBatch(batch);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(moved, memory);
  const received = receiveBatch(rawRequest, receiveMessageOnPort(port2)!.message);
  expect(rows.map((_, row) => rowOf(received, row))).toEqual(sent);
  for (let n = 0; n < 10; n++) appendRow(received, { ...rows[0], request_type: 'PUT' });
  expect(rowOf(received, 2)).toEqual(sent[2]);
  expect(rowOf(received, 12)).toEqual({ ...sent[0], request_type: 'PUT' });
  port1.close();
});
