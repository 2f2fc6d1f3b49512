export { decodeOtlp } from './decode.ts';
export { grpcReceiver, httpReceiver, type Receiver } from './receivers.ts';
export { requestRow } from './request-row.ts';
