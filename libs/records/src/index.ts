export { Batch, type ColumnsOf } from './batch.ts';
export { type Column, type ColumnOf, NameColumn, type NumberColumn, type TextColumn } from './column.ts';
export type { Field, FieldKind, Fields, Merge, RowOf } from './field.ts';
export { type FlowLog, flowLog, type RawFlow, rawFlow, type TaggedFlow, taggedFlow } from './flow.ts';
export { recordHeaders } from './headers.ts';
export { hexOfByte, hexOfWord, wordOfHex, writeHexByte, writeHexWord } from './hex.ts';
export { idText, parseId } from './id.ts';
export { ipText, ipv4Text, isIpAbsent, isIpv4, parseIp, parseIpv4 } from './ip.ts';
export { maxIntegerBytes, writeInteger, writeNineDigits } from './json-digits.ts';
export { copyBytes, writeAscii } from './json-field.ts';
export { type JsonLines, JsonWriter, rowToJson } from './json-writer.ts';
export { macText, parseMac } from './mac.ts';
export { type MovedBatch, moveBatch, receiveBatch } from './moved-batch.ts';
export { NameMap } from './name-map.ts';
export type { RecordType } from './record-type.ts';
export {
  isPushed,
  type RawRequest,
  type RequestLog,
  rawRequest,
  requestLog,
  type TaggedRequest,
  taggedRequest,
} from './request.ts';
export { appendRow, type ParsedRow, parseRow, rowOf } from './row.ts';
export { RowCopier } from './row-copier.ts';
export { RowMerger, SKIP } from './row-merger.ts';
export { type SideTag, sideTags } from './tags.ts';
export { type Topic, type TopicFormat, type TopicName, topicName, topics } from './topics.ts';
export { WordTable } from './word-table.ts';
export { swapped } from './words.ts';
