import { BpfObject, kernelAbilities, loadLibbpf } from './libbpf.ts';
import { everything, writeSettings } from './settings.ts';

const lesser = {
  loops:
    'a message is looked at in its first part alone, and whose the tasks of pools in Java, C, C++ and Rust are is not known (no bpf_loop: Linux 5.17)',
  taskRegisters: 'hand-offs by futex are not tied to their queue (no bpf_task_pt_regs: Linux 5.15)',
  ioUring: 'use of io_uring is not noticed',
  uprobeMulti: 'probes in programs go out one by one, 0.1 s each (Linux 6.6)',
} as const;

/**
 * Has the kernel check the programs as the capturer would, attaches none and takes them out again. Returns what they
 * have to do without on this kernel, a sentence each. Throws an `EbpfError` where they cannot run.
 */
export function tryEbpf(): string[] {
  const lib = loadLibbpf();
  const abilities = kernelAbilities(lib);
  const object = new BpfObject(lib, 'capture');
  try {
    writeSettings(object.section('.rodata'), everything, abilities);
    object.setMaxEntries('events', everything.ringBytes);
    if (!abilities.ioUring) object.leaveOut('io_uring_submits');
    object.load();
  } finally {
    void object.close();
  }
  return Object.entries(lesser).flatMap(([name, what]) => (abilities[name as keyof typeof lesser] ? [] : [what]));
}
