import { appendRow, Batch, type RawFlow, type RawRequest, rawFlow, rawRequest } from '@flowloom/records';

/** A batch of raw flows; fields that are not given are absent. */
export function flowBatch(...rows: Partial<RawFlow>[]): Batch<typeof rawFlow.fields> {
  const batch = new Batch(rawFlow, rows.length);
  for (const row of rows) appendRow(batch, row);
  return batch;
}

/** A batch of raw requests; fields that are not given are absent. */
export function requestBatch(...rows: Partial<RawRequest>[]): Batch<typeof rawRequest.fields> {
  const batch = new Batch(rawRequest, rows.length);
  for (const row of rows) appendRow(batch, row);
  return batch;
}
