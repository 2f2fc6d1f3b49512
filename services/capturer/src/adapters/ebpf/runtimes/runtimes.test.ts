import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { SyscallEvent } from '../../../core/syscalls/syscall-event.ts';
import { findJava, javaClasses, javaTaskPath } from './java.ts';
import { type JavaClass, JavaClassKind } from './java-classes.ts';
import { MovedObjects } from './moved-objects.ts';
import { findNode, type NodePlaces, nodeLayout } from './node.ts';
import { ProcessMemory } from './process-memory.ts';
import { findPython, pythonTaskPath } from './python.ts';

const started: ChildProcess[] = [];
afterAll(() => started.forEach((child) => void child.kill('SIGKILL')));

/** Starts a program that writes a line when it is ready. */
async function start(command: string, ...args: string[]): Promise<ProcessMemory> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout!, 'data');
  return ProcessMemory.open(child.pid!)!;
}

const isThere = (command: string): boolean => {
  try {
    return execFileSync(command, ['--version'], { stdio: 'pipe' }).length >= 0;
  } catch {
    return false;
  }
};
const mayLook = process.getuid?.() === 0;
const python = ['python3.9', 'python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3'].filter(isThere);

describe.skipIf(!mayLook || python.length === 0)('Python', () => {
  it.each(python)('%s: its thread state, whose context is that of the task', async (command) => {
    const memory = await start(
      command,
      '-uc',
      'import asyncio\nasync def f():\n print(1)\n await asyncio.sleep(60)\nasyncio.run(f())',
    );
    const file = findPython(memory)!;
    const path = pythonTaskPath(memory, file)!;
    expect(path.steps[0]).toBeGreaterThan(0);
    memory.close();
  });

  it.each(python)('%s: whether a context has been entered', async (command) => {
    const program =
      'import contextvars as c\na, b = c.copy_context(), c.copy_context()\na.run(lambda: (print(id(a), id(b)), input()))';
    const child = spawn(command, ['-uc', program], { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push(child);
    const [said] = await once(child.stdout!, 'data');
    const memory = ProcessMemory.open(child.pid!)!;
    const { enteredAt } = pythonTaskPath(memory, findPython(memory)!)!;
    const [entered, other] = String(said).trim().split(' ').map(Number);
    const isEntered = (context: number) => memory.read(context + enteredAt!, 4).readInt32LE();
    expect([isEntered(entered), isEntered(other)]).toEqual([1, 0]);
    memory.close();
  });
});

const jdk25 = '/usr/lib/jvm/temurin-25-jdk-amd64/bin/java';
const java = [...(isThere('java') ? ['java'] : []), ...(existsSync(jdk25) ? [jdk25] : [])];
/** The first object of that class in the heap that has begun to run, if it is a thread. */
function anObject(
  memory: ProcessMemory,
  heap: number,
  bytes: number,
  classOf: (number: number) => JavaClass | undefined,
  name: string,
): [address: number, JavaClass] | undefined {
  const pieceBytes = 1 << 20;
  const known = new Map<number, JavaClass | undefined>();
  for (let at = heap; at < heap + bytes; at += pieceBytes) {
    const piece = memory.read(at, pieceBytes);
    for (let offset = 0; offset + 16 <= piece.length; offset += 8) {
      const number = piece.readUInt32LE(offset + 8);
      if (number === 0 || piece.readUInt32LE(offset) > 0x1000) continue; // its marks are those of an object without a lock
      if (!known.has(number)) known.set(number, classOf(number));
      const found = known.get(number);
      if (found?.name === name && memory.pointer(at + offset + found.places[0]) > 0) return [at + offset, found];
    }
  }
  return undefined;
}

describe.skipIf(!mayLook || java.length === 0)('Java', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-java-'));
  const source = join(folder, 'Waits.java');
  afterAll(() => rmSync(folder, { recursive: true }));
  const code = 'System.out.println(1); Thread.sleep(60_000);';
  writeFileSync(source, `class Waits { public static void main(String[] all) throws Exception { ${code} } }`);

  const running = new Map<string, Promise<ProcessMemory>>();
  /** A JVM, started once. */
  const jvm = (command: string): Promise<ProcessMemory> => {
    const memory = running.get(command) ?? start(command, source);
    running.set(command, memory);
    return memory;
  };
  afterAll(async () => (await Promise.all(running.values())).forEach((memory) => void memory.close()));

  it.each(java)('%s: where its threads make objects, and a counter of collections', async (command) => {
    const memory = await jvm(command);
    const { steps, java } = javaTaskPath(memory, findJava(memory)!)!;
    expect(steps.length).toBeGreaterThanOrEqual(3);
    expect(java!.heapBytes).toBeGreaterThan(1 << 20);
    expect(java!.firstFrame).toBeLessThan(16_384);
    const collections = memory.number(java!.collections);
    expect(collections).toBeGreaterThanOrEqual(0);
    expect(collections).toBeLessThan(100);
  });

  it.each(java)('%s: where objects of a class have references, and which thread one is', async (command) => {
    const memory = await jvm(command);
    const file = findJava(memory)!;
    const { heap, heapBytes } = javaTaskPath(memory, file)!.java!;
    const classes = javaClasses(memory, file);
    const [object, found] = anObject(memory, heap, heapBytes, (number) => classes.of(number), 'java/lang/Thread')!;
    expect(found.kind).toBe(JavaClassKind.thread);
    expect(found.references.length).toBeGreaterThan(3);
    const [itself, number] = found.places;
    expect(memory.pointer(object + itself)).toBeGreaterThan(heap); // a `JavaThread`
    expect(memory.pointer(object + number)).toBeLessThan(100);
  });

  it.each(java)('%s: which classes that lead to whoever waits are loaded', async (command) => {
    const memory = await jvm(command);
    const classes = javaClasses(memory, findJava(memory)!);
    const names = classes.loaded().map((number) => classes.of(number)?.name);
    expect(names.slice(0, 10)).toContain('java/lang/Thread');
    expect(names).toContain('java/util/concurrent/ConcurrentHashMap');
    expect(names).not.toContain('java/lang/String');
    expect(classes.loaded()).toEqual([]);
  });

  it.runIf(existsSync(jdk25))('24 and later: the number of the thread', async () => {
    const memory = await jvm(jdk25);
    const path = javaTaskPath(memory, findJava(memory)!)!;
    expect(path.steps).toHaveLength(4);
    expect(path.unless).toBeDefined();
    expect(path.java!.runner).toBeGreaterThan(0);
    expect(path.java!.entry).toBeGreaterThan(0);
  });
});

describe.skipIf(!mayLook)('Node.js', () => {
  it('keeps the ids of what it executes: the youngest grows', async () => {
    const memory = await start(process.execPath, '-e', 'console.log(1); setInterval(() => setTimeout(() => {}, 1), 5)');
    let ids: number | undefined;
    await vi.waitFor(() => expect((ids = nodeLayout(memory, findNode(memory)!)?.asyncIds)).toBeGreaterThan(0), 5000);
    const youngest = () => memory.read(ids! + 16, 8).readDoubleLE();
    const before = youngest();
    await vi.waitFor(() => expect(youngest()).toBeGreaterThan(before), 5000);
    expect(Number.isInteger(before)).toBe(true);
    memory.close();
  });

  it('makes objects one behind the other, and has a queue of jobs', async () => {
    const memory = await start(process.execPath, '-e', 'console.log(1); setInterval(async () => await null, 1)');
    let places: NodePlaces | undefined;
    await vi.waitFor(() => expect((places = nodeLayout(memory, findNode(memory)!)?.places)).toBeDefined(), 5000);
    const { buffer, queue } = places!;
    const [top, finished] = [() => memory.pointer(buffer + 8), () => memory.pointer(queue + 40)];
    const [firstTop, firstFinished] = [top(), finished()];
    await vi.waitFor(() => expect(top()).not.toBe(firstTop), 5000);
    await vi.waitFor(() => expect(finished()).toBeGreaterThan(firstFinished), 5000);
    expect(memory.pointer(buffer)).toBeLessThanOrEqual(top());
    memory.close();
  });

  it('has no place for old objects when garbage was collected, until one grows old: it is found all the same', async () => {
    const code = `let kept; const make = () => { kept = Array.from({ length: 1e4 }, (_, i) => ({ i })); gc({ type: 'minor' }); };
      process.stdin.once('data', () => { make(); make(); make(); console.log(2); }); console.log(1); for (const ms of [50, 100, 150]) setTimeout(gc, ms)`;
    const child = spawn(process.execPath, ['--expose-gc', '-e', code], { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push(child);
    await once(child.stdout, 'data');
    const memory = ProcessMemory.open(child.pid!)!;
    let places: NodePlaces | undefined;
    const look = () => nodeLayout(memory, findNode(memory)!)?.places;
    await vi.waitFor(() => expect((places = look())?.isSure).toBe(false), 5000);
    child.stdin.write('.');
    await once(child.stdout, 'data');
    // An area that is just full, or is being taken, is none: then it is looked at again, as when a process acts.
    await vi.waitFor(() => expect(look()).toEqual({ ...places, isSure: true }), 5000);
    memory.close();
  });

  it('leaves behind where it has moved objects when garbage was collected', async () => {
    const code = `const kept = []; const make = () => { for (let i = 0; i < 99; i++) kept.push({ i }); };
      make(); console.log(1); process.stdin.once('data', () => { gc({ type: 'minor' }); console.log(2); })`;
    const child = spawn(process.execPath, ['--expose-gc', '-e', code], { stdio: ['pipe', 'pipe', 'ignore'] });
    started.push(child);
    await once(child.stdout, 'data');
    const memory = ProcessMemory.open(child.pid!)!;
    let places: NodePlaces | undefined;
    await vi.waitFor(() => expect((places = nodeLayout(memory, findNode(memory)!)?.places)).toBeDefined(), 5000);
    let begun = 2;
    const objects = new MovedObjects(() => begun);
    const acts = (collections: number, objectsOf = objects) => {
      const heapTop = memory.pointer(places!.buffer + 8);
      return objectsOf.before(Object.assign(new SyscallEvent(), { pid: child.pid, heapTop, collections }));
    };
    const later = new MovedObjects(() => 3);
    for (let i = 0; i < 16; i++) acts(1, later);
    for (let i = 0; i < 16; i++) expect(acts(1)).toBeUndefined();
    child.stdin.write('.');
    await once(child.stdout, 'data');
    const moved = acts(2)!;
    expect(moved.length).toBeGreaterThan(2 * 99);
    const isObject = (address: number) => memory.pointer(address - 1) % 4 === 1;
    expect(moved.filter((address, i) => i % 2 === 1 && !isObject(address))).toHaveLength(0);
    expect(acts(2)).toBeUndefined();
    expect(acts(2, later)).toBeUndefined(); // the next has begun
    begun = 4;
    expect(acts(4)).toBeUndefined(); // there was one between
    memory.close();
  });
});

it('looks at no process that is none of them', () => {
  const memory = ProcessMemory.open(process.pid)!;
  expect([findPython(memory), findJava(memory)]).toEqual([undefined, undefined]);
  expect([memory.pointer(0), memory.pointer(Number.NaN), memory.pointer(8)]).toEqual([0, 0, 0]);
  memory.close();
  expect(ProcessMemory.open(2 ** 22 + 1)).toBeUndefined();
});
