export { type FuzzReport, fuzzProtocol } from './fuzz.ts';
export { bytesOf, type PlayOptions, play, Recorder, type Turn } from './recorder.ts';
export { shown } from './shown.ts';
