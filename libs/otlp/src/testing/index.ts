export { decodeOtlp } from './decode.ts';
export { type Described, described } from './described.ts';
export { readTraces } from './read-traces.ts';
export { grpcReceiver, httpReceiver, type Receiver } from './receivers.ts';
export { requestRow } from './request-row.ts';
