export { type Decoded, decodeArrow } from './arrow-read.ts';
export { encodeArrow } from './arrow-write.ts';
export { RowsValue, readRows } from './rows-value.ts';
