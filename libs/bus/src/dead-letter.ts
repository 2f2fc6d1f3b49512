import type { BusRecord, OutgoingRecord } from './port.ts';

const maxReasonLength = 500;

/**
 * What the dead-letter topic keeps of a record that could not be read: the record itself with its headers, and in
 * `flowloom-dead-*` headers where it stood and why it was refused. The key is the source topic.
 */
export function deadLetterOf(record: BusRecord, reason: string, topic: string): OutgoingRecord {
  const headers: Record<string, Uint8Array | string> = {
    ...record.headers,
    'flowloom-dead-reason': reason.slice(0, maxReasonLength),
    'flowloom-dead-topic': record.topic,
    'flowloom-dead-partition': String(record.partition),
    'flowloom-dead-offset': String(record.offset),
  };
  if (record.key) headers['flowloom-dead-key'] = record.key;
  return { topic, key: record.topic, value: record.value, headers, timestampMs: record.timestampMs };
}
