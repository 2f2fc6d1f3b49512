export { defaultLinkStore, type LinkStore, type LinkStoreOptions } from './core/link-store.ts';
export { MemoryLinkStore } from './core/memory-link-store.ts';
export { defaultTracerOptions, type TracerEvent, type TracerOptions } from './core/options.ts';
export type { Origin } from './core/rows.ts';
export { Entries, Texts } from './core/texts.ts';
export { type FinishedTrace, Tracer } from './core/tracer.ts';
