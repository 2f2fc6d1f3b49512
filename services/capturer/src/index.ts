export { CaptureFile } from './adapters/file/capture-file.ts';
export { PacketPipeline, type PacketPipelineOptions, type Share } from './core/packet-pipeline.ts';
export type { RequestBatch, RequestSink } from './core/request-batches.ts';
