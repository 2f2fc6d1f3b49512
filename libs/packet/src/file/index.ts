export type { CaptureError, CaptureErrorReason } from './capture-error.ts';
export { CaptureReader, type CaptureReaderOptions } from './capture-reader.ts';
export { type Compression, compressionOf } from './compression.ts';
export type { Frame } from './frame.ts';
