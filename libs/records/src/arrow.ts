export { type Decoded, decodeArrow } from './arrow-read.ts';
export { encodeArrow } from './arrow-write.ts';
