export { type RecordedTalk, recordedTalks } from './capture-turns.ts';
export { type ForeignPayload, foreignPayloads, foreignTalk } from './foreign-payload.ts';
export { type FuzzReport, fuzzProtocol } from './fuzz.ts';
export { Random } from './random.ts';
export { bytesOf, type PlayOptions, play, Recorder, type Turn } from './recorder.ts';
export { shown } from './shown.ts';
export { type Piece, Verdicts } from './verdicts.ts';
