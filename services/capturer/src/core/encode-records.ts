import { Batch, type Fields, RowCopier } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import type { RawRecord, RawTopic } from './raw-record.ts';

/** Longest value of a record: under the 1 MiB that Kafka takes by default (`message.max.bytes`). */
const maxValueBytes = 900_000;

/** Rows of one partition as records: one, or more where it would be too long for the broker. */
export function* encodeRecords<F extends Fields>(
  topic: RawTopic,
  partition: number,
  batch: Batch<F>,
): Generator<RawRecord> {
  const value = encodeArrow(batch);
  if (value.length <= maxValueBytes || batch.length === 1) {
    yield { topic, partition, rows: batch.length, value };
    return;
  }
  const copier = new RowCopier(batch.type, batch.type);
  const middle = batch.length >> 1;
  for (const [start, end] of [
    [0, middle],
    [middle, batch.length],
  ]) {
    const half = new Batch(batch.type, end - start);
    copier.append(batch, half, start, end);
    yield* encodeRecords(topic, partition, half);
  }
}
