/** What the eBPF programs are built from: a hash of all files in that folder, hex. Plain JavaScript, since scripts/ebpf.mjs needs it. */
export function sourcesHash(folder: string): string;
