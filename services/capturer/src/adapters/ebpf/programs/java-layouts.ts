import type { SyscallEvent } from '../../../core/syscalls/syscall-event.ts';
import { type BpfObject, wordsOf } from '../libbpf.ts';
import { findJava, javaClasses } from '../runtimes/java.ts';
import type { JavaClass, JavaClasses } from '../runtimes/java-classes.ts';
import { ProcessMemory } from '../runtimes/process-memory.ts';

/** Of one process: what is no class is asked for, too. */
const MAX_CLASSES = 8192;

interface Jvm {
  readonly memory: ProcessMemory;
  readonly classes: JavaClasses;
  asked: number;
}

/** Tells the kernel where objects of Java have references: `java_classes` of bpf/java-walk.h. */
export class JavaLayouts {
  readonly #object: BpfObject;
  readonly #jvms = new Map<number, Jvm>();

  constructor(object: BpfObject) {
    this.#object = object;
  }

  /** @param event of the kind `classes` */
  tell({ pid, bytes, start, end }: SyscallEvent): void {
    const jvm = this.#jvms.get(pid) ?? this.#open(pid);
    if (jvm === undefined) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
    for (let at = 0; at + 4 <= view.byteLength; at += 4) this.#tell(pid, jvm, view.getUint32(at, true));
    this.#tellLoaded(pid, jvm);
  }

  /** The process is a JVM, from now on. */
  begins(pid: number): void {
    const jvm = this.#jvms.get(pid) ?? this.#open(pid);
    if (jvm !== undefined) this.#tellLoaded(pid, jvm);
  }

  /** A walk meets one class after another, and ends at one that is not known: those that are often on its way are told before. */
  #tellLoaded(pid: number, jvm: Jvm): void {
    for (const number of jvm.classes.loaded()) this.#tell(pid, jvm, number);
  }

  #tell(pid: number, jvm: Jvm, number: number): void {
    if (jvm.asked++ >= MAX_CLASSES) return;
    const found = jvm.classes.of(number);
    if (found) this.#object.update('java_classes', wordsOf(pid, number), encodeJavaClass(found));
  }

  #open(pid: number): Jvm | undefined {
    const memory = ProcessMemory.open(pid);
    try {
      const java = memory && findJava(memory);
      if (!java) return undefined;
      const jvm = { memory, classes: javaClasses(memory, java), asked: 0 };
      this.#jvms.set(pid, jvm);
      return jvm;
    } catch {
      memory?.close();
      return undefined; // it has ended meanwhile
    }
  }

  ended(pid: number): void {
    this.#jvms.get(pid)?.memory.close();
    this.#jvms.delete(pid);
  }
}

/** `struct java_class` of bpf/java-walk.h. */
export function encodeJavaClass({ kind, references, ahead = 0, doneAt = 0, places }: JavaClass): Uint8Array {
  const bytes = new Uint8Array(36);
  const words = references.length === 0 ? 0 : Math.max(...references) + 1;
  bytes.set([kind, references.length, words, ahead]);
  new Uint16Array(bytes.buffer).set(places, 2);
  new Uint16Array(bytes.buffer)[5] = doneAt;
  bytes.set(references, 12);
  return bytes;
}
