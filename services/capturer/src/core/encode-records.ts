import type { Batch, Fields } from '@flowloom/records';
import { encodeArrow } from '@flowloom/records/arrow';
import type { RawRecord, RawTopic } from './raw-record.ts';

/** Longest value of a record: under the 1 MiB that Kafka takes by default (`message.max.bytes`). */
const maxValueBytes = 900_000;
/** More rows are not even tried in one record: most of theirs are 200 to 400 bytes long. */
const maxRows = 2048;

/** Rows of one partition as records: one, or more where it would be too long for the broker. */
export function* encodeRecords<F extends Fields>(
  topic: RawTopic,
  partition: number,
  batch: Batch<F>,
  start = 0,
  end = batch.length,
): Generator<RawRecord> {
  const rows = end - start;
  if (rows <= maxRows) {
    const value = encodeArrow(batch, start, end);
    if (value.length <= maxValueBytes || rows === 1) {
      yield { topic, partition, rows, value };
      return;
    }
  }
  const middle = start + (rows >> 1);
  yield* encodeRecords(topic, partition, batch, start, middle);
  yield* encodeRecords(topic, partition, batch, middle, end);
}
