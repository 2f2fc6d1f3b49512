export { CaptureFile } from './adapters/file/capture-file.ts';
export { PacketPipeline, type PacketPipelineOptions } from './core/packet-pipeline.ts';
export type { RequestBatch, RequestSink } from './core/request-batches.ts';
