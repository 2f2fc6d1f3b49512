import { describe, expect, test } from 'vitest';
import { type AbortedTransaction, type FetchedRecord, hideAborted } from './aborted-records.ts';

const record = (offset: number, producerId: number, more: Partial<FetchedRecord> = {}): FetchedRecord => ({
  offset: String(offset),
  key: Buffer.from('key'),
  isControlRecord: false,
  batchContext: { producerId: String(producerId), inTransaction: true },
  ...more,
});
// Version 0, then type 0 for abort and 1 for commit: KIP-98, control records.
const abort = (offset: number, producerId: number) =>
  record(offset, producerId, { key: Buffer.from([0, 0, 0, 0]), isControlRecord: true });
const commit = (offset: number, producerId: number) =>
  record(offset, producerId, { key: Buffer.from([0, 0, 0, 1]), isControlRecord: true });
const aborted = (producerId: number, firstOffset: number): AbortedTransaction => ({
  producerId: String(producerId),
  firstOffset: String(firstOffset),
});
function delivered(messages: FetchedRecord[], abortedTransactions: AbortedTransaction[] | null): number[] {
  hideAborted({ messages, abortedTransactions });
  return messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => Number(offset));
}

describe('records of aborted transactions', () => {
  test('are hidden from the first one to the abort marker, and what the producer commits next is not', () => {
    const messages = [record(0, 7), record(1, 7), abort(2, 7), record(3, 7), commit(4, 7)];
    expect(delivered(messages, [aborted(7, 0)])).toEqual([3]);
  });

  test('are hidden where an inner transaction ended first and so comes first in the list', () => {
    const messages = [record(0, 1), record(1, 2), record(2, 3), abort(3, 2), record(4, 1), abort(5, 1), commit(6, 3)];
    expect(delivered(messages, [aborted(2, 1), aborted(1, 0)])).toEqual([2]);
  });

  test('are hidden where several began before the first fetched record', () => {
    const messages = [record(50, 3), record(51, 2), record(52, 1), abort(53, 1), abort(54, 2), abort(55, 3)];
    expect(delivered(messages, [aborted(1, 10), aborted(2, 11), aborted(3, 12)])).toEqual([]);
  });

  test('are hidden to the end where the marker is not fetched yet', () => {
    expect(delivered([record(0, 1), record(1, 2), record(2, 1)], [aborted(1, 0)])).toEqual([1]);
  });

  test('are told from an earlier transaction of the same producer, which was committed', () => {
    const messages = [record(0, 1), commit(1, 1), record(2, 1), abort(3, 1)];
    expect(delivered(messages, [aborted(1, 2)])).toEqual([0]);
  });

  test('do not end at a record whose key has the bytes of an abort marker', () => {
    const messages = [record(0, 1, { key: Buffer.alloc(4) }), record(1, 1), abort(2, 1)];
    expect(delivered(messages, [aborted(1, 0)])).toEqual([]);
  });

  test('do not take along what the producer wrote outside of transactions', () => {
    const plain = record(1, 1, { batchContext: { producerId: '1', inTransaction: false } });
    expect(delivered([record(0, 1), plain, abort(2, 1)], [aborted(1, 0)])).toEqual([1]);
  });

  test.each([[[]], [null]])('are none where the list is %j: all is delivered', (list) => {
    const oldest: FetchedRecord = { offset: '2', key: null };
    expect(delivered([record(0, 1), record(1, 2), oldest], list)).toEqual([0, 1, 2]);
  });

  test('end at no control record that is too short to have a type', () => {
    const short = record(1, 1, { key: Buffer.from([0]), isControlRecord: true });
    expect(delivered([record(0, 1), short, record(2, 1)], [aborted(1, 0)])).toEqual([]);
  });
});
