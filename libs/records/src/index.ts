export { Batch, type ColumnsOf } from './batch.ts';
export { type Column, type ColumnOf, NameColumn, type NumberColumn, type TextColumn } from './column.ts';
export type { Field, FieldKind, Fields, Merge, RowOf } from './field.ts';
export { type FlowLog, flowLog, type RawFlow, rawFlow, type TaggedFlow, taggedFlow } from './flow.ts';
export type { RecordType } from './record-type.ts';
export {
  type RawRequest,
  type RequestLog,
  rawRequest,
  requestLog,
  type TaggedRequest,
  taggedRequest,
} from './request.ts';
export { type Topic, type TopicFormat, type TopicName, topicName, topics } from './topics.ts';
