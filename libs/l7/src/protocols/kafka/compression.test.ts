import { describe, expect, it } from 'vitest';
import { play, shown } from '../../testing/index.ts';
import { kafka } from './index.ts';
import { compressedBatches } from './testing.ts';

const hex = (text: string) => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

/** Produce, version 7, of one batch to topic `t`, partition 0; acks 1. */
function produce(batch: Uint8Array): Buffer {
  const size = batch.length.toString(16).padStart(8, '0');
  const body = hex(`0000 0007 00000009 0004 74657374 ffff 0001 000003e8 00000001 0001 74 00000001 00000000 ${size}`);
  const message = Buffer.concat([Buffer.alloc(4), body, batch]);
  message.writeInt32BE(message.length - 4, 0);
  return message;
}
const rows = (batch: Uint8Array, details = true) =>
  play([{ direction: 0, bytes: produce(batch) }], { protocols: [kafka], options: { details } }).recorder.requests;

describe('compressed record batches', () => {
  for (const [name, text] of Object.entries(compressedBatches)) {
    const batch = hex(text);

    it(`of ${name} give the trace context of their first record, and show nothing else`, () => {
      const [row] = rows(batch);
      expect(row).toMatchObject({
        request_resource: 't',
        trace_id: '0af7651916cd43dd8448eb211c80319c',
        span_id: 'b7ad6b7169203330',
        x_request_id: 'req-0',
        attributes: { 'messaging.batch.message_count': 6 },
      });
      expect(shown([row])).not.toContain('planted');
      expect(rows(batch, false)[0].trace_id).toBe('');
    });

    it(`of ${name} may be cut anywhere`, () => {
      for (let end = 61; end < batch.length; end += 3) rows(batch.subarray(0, end));
    });
  }
});
