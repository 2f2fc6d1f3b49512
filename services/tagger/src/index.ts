export type { Claims, Resource, ResourceKind, Tags } from './core/model/resource.ts';
export { ResourceIndex } from './core/model/resource-index.ts';
export { type RawFlows, type RawRequests, type TaggedFlows, type TaggedRequests, Tagger } from './core/tagger.ts';
