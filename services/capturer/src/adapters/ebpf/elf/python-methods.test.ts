import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ElfFile } from './elf-file.ts';
import { pythonMethods } from './python-methods.ts';

const names = ['SimpleQueue.put', 'SimpleQueue.put_nowait', 'SimpleQueue.get', 'SimpleQueue.get_nowait'];

/** The file in which Python has its C queue: a module of its own, or the interpreter. */
function queueOf(command: string): string | undefined {
  const script = 'import _queue, sys; print(getattr(_queue, "__file__", sys.executable))';
  try {
    return execFileSync(command, ['-c', script], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}
const versions = ['', ...Array.from({ length: 6 }, (_, i) => `.${9 + i}`)].map((minor) => `python3${minor}`);
const files = ['/usr/bin/python3', ...versions].flatMap((command) => {
  const file = queueOf(command);
  return file && existsSync(file) ? [{ command, file }] : [];
});

it.skipIf(files.length === 0).each(files)('finds the functions of methods in $file of $command', ({ file }) => {
  const elf = ElfFile.open(file)!;
  const found = pythonMethods(elf, names, 'put_nowait');
  expect(found.map(({ name }) => name)).toEqual(names);
  const text = elf.section('.text')!;
  for (const { begin } of found) {
    expect(begin).toBeGreaterThan(text.address);
    expect(begin).toBeLessThan(text.address + text.size);
  }
  // Files that are not stripped say themselves what these functions are.
  const symbols = elf.symbols(names.map((name) => `_queue_${name.replace('.', '_')}`));
  for (const { name, address } of symbols)
    expect(found.find((one) => `_queue_${one.name.replace('.', '_')}` === name)!.begin).toBe(address);
  elf.close();
});

it.skipIf(!existsSync('/usr/bin/python3'))('finds those of collections.deque', () => {
  const methods = ['deque.append', 'deque.appendleft', 'deque.pop', 'deque.popleft'];
  const elf = ElfFile.open('/usr/bin/python3')!;
  expect(pythonMethods(elf, methods, 'extendleft').map(({ name }) => name)).toEqual(methods);
  elf.close();
});

it('finds nothing in a program that has none, or no such table', () => {
  const elf = ElfFile.open(process.execPath)!;
  expect(pythonMethods(elf, names, 'no_such_method')).toEqual([]);
  elf.close();
});
