import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ElfFile } from '../elf/elf-file.ts';
import { symbolsOf } from '../elf/known-symbols.ts';

/** A file that a process has mapped. */
export interface MappedFile {
  /** As the process names it. */
  readonly path: string;
  /** The same file as this process can open it, from inside another mount namespace too. */
  readonly openPath: string;
  /** To be added to addresses of the file. */
  readonly loadAddress: number;
}

/** Memory and mapped files of another process. What is not there reads as 0: the process may change or end at any time. */
export class ProcessMemory {
  readonly #pid: number;
  readonly #fd: number;

  private constructor(pid: number, fd: number) {
    this.#pid = pid;
    this.#fd = fd;
  }

  /** Undefined where there is no such process, or no right to look into it. */
  static open(pid: number): ProcessMemory | undefined {
    try {
      return new ProcessMemory(pid, openSync(`/proc/${pid}/mem`, 'r'));
    } catch {
      return undefined;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  read(address: number, bytes: number): Buffer {
    const into = Buffer.alloc(bytes);
    this.readInto(into, address);
    return into;
  }

  /** False where it is not mapped: then what was there stays. */
  readInto(into: Uint8Array, address: number): boolean {
    try {
      return address > 0 && Number.isSafeInteger(address) && readSync(this.#fd, into, 0, into.length, address) > 0;
    } catch {
      return false;
    }
  }

  pointer(address: number): number {
    return Number(this.read(address, 8).readBigUInt64LE());
  }

  number(address: number): number {
    return this.read(address, 4).readInt32LE();
  }

  text(address: number): string {
    const bytes = this.read(address, 128);
    return bytes.toString('latin1', 0, Math.max(bytes.indexOf(0), 0));
  }

  /** Where the heap that grows from the program's end is; undefined without one. */
  heap(): { readonly start: number; readonly bytes: number } | undefined {
    const [, from, to] =
      /^([0-9a-f]+)-([0-9a-f]+).*\[heap\]$/m.exec(readFileSync(`/proc/${this.#pid}/maps`, 'latin1')) ?? [];
    if (from === undefined) return undefined;
    const start = Number.parseInt(from, 16);
    return { start, bytes: Number.parseInt(to, 16) - start };
  }

  /** The first mapped file whose path fits. */
  mapped(wanted: RegExp): MappedFile | undefined {
    for (const line of readFileSync(`/proc/${this.#pid}/maps`, 'latin1').split('\n')) {
      const [range, , offset, , , path] = line.split(/\s+/);
      if (path === undefined || Number.parseInt(offset, 16) !== 0 || !wanted.test(path)) continue;
      const [start, end] = range.split('-');
      const openPath = `/proc/${this.#pid}/map_files/${trim(start)}-${trim(end)}`;
      const elf = ElfFile.open(openPath);
      const first = elf?.segments.find(({ type }) => type === 1);
      elf?.close();
      if (first) return { path, openPath, loadAddress: Number.parseInt(start, 16) - (first.address - first.offset) };
    }
    return undefined;
  }

  /** Where symbols of a mapped file are in memory. */
  symbols({ openPath, loadAddress }: MappedFile, wanted: readonly string[]): Map<string, number> {
    return new Map(symbolsOf(openPath, wanted).map(({ name, address }) => [name, address + loadAddress]));
  }
}

/** Names in map_files have no leading zeros. */
const trim = (hex: string): string => hex.replace(/^0+(?=.)/, '');
