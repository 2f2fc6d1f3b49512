export { type InventoryProblem, type ParsedInventory, parseInventory, problemLine } from './core/inventory/parse.ts';
export { inventoryResources } from './core/inventory/resources.ts';
export type { Inventory } from './core/inventory/schema.ts';
export type { Claims, Resource, ResourceKind, Tags } from './core/model/resource.ts';
export { ResourceIndex } from './core/model/resource-index.ts';
export { type RawFlows, type RawRequests, type TaggedFlows, type TaggedRequests, Tagger } from './core/tagger.ts';
