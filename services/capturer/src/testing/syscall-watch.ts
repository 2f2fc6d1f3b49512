import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RawRequest, rowOf } from '@flowloom/records';
import { EbpfSource } from '../adapters/ebpf/ebpf-source.ts';
import { objectFile } from '../adapters/ebpf/libbpf.ts';
import { type EbpfOptions, everything } from '../adapters/ebpf/settings.ts';
import { ObservedCauses } from '../core/cause/cause-linker.ts';
import { SyscallPipeline } from '../core/syscalls/syscall-pipeline.ts';

const ringBytes = 1 << 25;

/** Why system calls cannot be seen here; undefined where they can. */
export function unseen(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync(objectFile('capture'))) return 'eBPF programs are not built';
  return undefined;
}

/** Watches the system calls of other processes from this one, and keeps the rows. */
export class SyscallWatch {
  readonly source: EbpfSource;
  readonly rows: RawRequest[] = [];
  readonly #pipeline: SyscallPipeline;

  constructor(options: Partial<EbpfOptions>) {
    this.source = new EbpfSource({ ...everything, ringBytes, ...options });
    this.#pipeline = new SyscallPipeline({
      agent: 'here',
      requests: (batch) => {
        for (let row = 0; row < batch.length; row++) this.rows.push(rowOf(batch, row));
      },
      linker: () => new ObservedCauses(),
      source: this.source,
      maxSockets: 65_536,
      l7: {},
    });
    this.source.open({
      event: (event) => this.#pipeline.event(event),
      ownConnection: (event) => this.#pipeline.ownConnection(event),
      failed: (error) => {
        throw error;
      },
    });
  }

  get sockets(): number {
    return this.#pipeline.sockets.open;
  }

  /** Resolves to the rows that `wanted` accepts, once there are `count` of them. */
  async until(count: number, wanted: (row: RawRequest) => boolean): Promise<RawRequest[]> {
    const deadline = performance.now() + 15_000;
    for (;;) {
      this.#pipeline.tick(Date.now() * 1000);
      const found = this.rows.filter(wanted);
      if (found.length >= count) return found;
      if (performance.now() > deadline)
        throw new Error(`${found.length} of ${count} rows; others: ${JSON.stringify(this.rows.slice(0, 20))}`);
      await sleep(20);
    }
  }

  close(): Promise<void> {
    return this.source.close();
  }
}
