import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from '@flowloom/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { ElfFile } from '../elf/elf-file.ts';
import { tokioIn } from './tokio.ts';

const folder = mkdtempSync(join(tmpdir(), 'flowloom-tokio-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hash = '17h0123456789abcdefE';
const wakes = ['wake_by_val', 'wake_by_ref'].map((name) => `_ZN5tokio7runtime4task5waker11${name}${hash}`);
const bind = `_ZN5tokio7runtime4task4list19OwnedTasks$LT$S$GT$10bind_inner${hash}`;

/** As rustc 1.95 compiles `TaskIdGuard::enter`, by the names that it gives to functions. */
function program(enter: string, context = 'leaq -0x2f0(%rax), %rax'): ElfFile {
  const path = join(folder, 'program');
  const functions = {
    [enter]: `pushq %rbx; movq %rdi, %rbx; movq %fs:0, %rax; ${context}
      cmpb $1, 0x48(%rax); movq 0x30(%rax), %rcx; movq %rbx, 0x30(%rax); movq %rcx, %rax; popq %rbx; ret`,
    ...Object.fromEntries([...wakes, bind, '_start'].map((name) => [name, 'ret'])),
  };
  const text = Object.entries(functions).map(([name, code]) => `.globl "${name}"\n"${name}": ${code}\n`);
  writeFileSync(`${path}.s`, `.text\n${text.join('')}`);
  execFileSync('gcc', ['-nostdlib', '-static', '-o', path, `${path}.s`]);
  return ElfFile.open(path)!;
}

describe.skipIf(process.arch !== 'x64' || !findCommand('gcc'))('a program in Rust with tokio', () => {
  it.each([
    `_ZN5tokio7runtime4task4core11TaskIdGuard5enter${hash}`,
    '_RNvNtNtCs1_5tokio7runtime7context19set_current_task_id',
  ])('keeps the id of the task that a thread polls in the data of the thread: %s', (enter) => {
    const elf = program(enter);
    const address = (name: string) => elf.symbols([name])[0].address;
    const found = tokioIn(elf)!;
    expect({ ...found, wakes: found.wakes.toSorted() }).toEqual({
      path: { steps: [0x30 - 0x2f0] },
      wakes: wakes.map(address).toSorted(),
      makes: [address(bind)],
    });
    elf.close();
  });

  it('adds the place of its data in two ways', () => {
    const elf = program(`_ZN5tokio7runtime4task4core11TaskIdGuard5enter${hash}`, 'addq $-0x2f0, %rax');
    expect(tokioIn(elf)?.path.steps).toEqual([0x30 - 0x2f0]);
    elf.close();
  });
});

it('is not every program', () => {
  const elf = ElfFile.open(process.execPath)!;
  expect(tokioIn(elf)).toBeUndefined();
  elf.close();
});
