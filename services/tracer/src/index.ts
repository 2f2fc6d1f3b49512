export { defaultLinkStore, type Entry, type LinkStore, type LinkStoreOptions } from './core/link-store.ts';
export { MemoryLinkStore } from './core/memory-link-store.ts';
export type { Origin } from './core/observation.ts';
export { defaultTracerOptions, type TracerEvent, type TracerOptions } from './core/options.ts';
export { type FinishedTrace, Tracer } from './core/tracer.ts';
