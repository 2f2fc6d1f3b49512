import { LoopbackRing } from '../ebpf/loopback-ring.ts';
import { loadLibc } from '../libc.ts';
import { networkInterfaces } from '../network-interfaces.ts';
import { Ring } from './ring.ts';

/** Opens a packet socket with a small ring, as the capturer does, and closes it. Throws what the kernel says against it. */
export function openAndCloseRing(): void {
  const options = { blockBytes: 1 << 16, blocks: 4, blockTimeoutMs: 50, hardwareTimestamps: false };
  new Ring(loadLibc(), options).close();
}

/** Takes frames of loopback by eBPF for a moment. Throws an `EbpfError` or a `SystemCallError` where that cannot be. */
export function openAndCloseLoopback(): void {
  const loopback = networkInterfaces().find(({ name }) => name === 'lo');
  if (loopback === undefined) return;
  new LoopbackRing(loadLibc(), loopback.index, 1 << 16, { snaplen: 64, own: [] }).close();
}
