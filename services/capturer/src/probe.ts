export { openAndCloseRing } from './adapters/af-packet/try-ring.ts';
export { tryEbpf } from './adapters/ebpf/try-ebpf.ts';
