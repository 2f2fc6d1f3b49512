export { BatchContext, type DecodedRecord } from './batch-context.ts';
export { BusStrategy, type BusStrategyOptions } from './bus.strategy.ts';
export { PassErrorsFilter } from './pass-errors.filter.ts';
export { assignedOf, revokedOf } from './patterns.ts';
