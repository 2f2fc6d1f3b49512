export { openAndCloseLoopback, openAndCloseRing } from './adapters/af-packet/try-ring.ts';
export { type Capability, holdsCapability } from './adapters/capabilities.ts';
export { tryEbpf } from './adapters/ebpf/try-ebpf.ts';
export { budgetOptions } from './budget.config.ts';
