export { type Decoded, decodeArrow } from './arrow-read.ts';
export { arrowSchema } from './arrow-schema.ts';
export { encodeArrow } from './arrow-write.ts';
