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

const enters = `_ZN5tokio7runtime4task4core11TaskIdGuard5enter${hash}`;
const drops = `_ZN81_$LT$tokio..runtime..task..core..TaskIdGuard$u20$as$u20$core..ops..drop..Drop$GT$4drop${hash}`;

/** What sets the id, as rustc 1.95 compiles it: with no optimization of the whole program, with a thin one and with all. */
const setters: readonly { readonly name: string; readonly code: string; readonly place: number }[] = [
  {
    name: enters,
    code: `pushq %rbx; movq %rdi, %rbx; movq %fs:0, %rax; leaq -0x2f0(%rax), %rax; cmpb $1, 0x48(%rax)
      movq 0x30(%rax), %rcx; movq %rbx, 0x30(%rax); movq %rcx, %rax; popq %rbx; ret`,
    place: 0x30 - 0x2f0,
  },
  {
    name: '_RNvNtNtCs1_5tokio7runtime7context19set_current_task_id',
    code: `pushq %rbx; movq $-0xe8, %rbx; cmpb $1, %fs:0x48(%rbx)
      movq %fs:0x30(%rbx), %rax; movq %rdi, %fs:0x30(%rbx); popq %rbx; ret`,
    place: 0x30 - 0xe8,
  },
  {
    name: drops,
    code: `cmpb $1, %fs:-0x90; je 1f; ret; 1: movq %fs:0, %rax; leaq -0xd8(%rax), %rax; movq %rdi, %fs:-0xa8; ret`,
    place: -0xa8,
  },
];

function program(setter: string, code: string): ElfFile {
  const path = join(folder, 'program');
  const functions = { [setter]: code, ...Object.fromEntries([...wakes, bind, '_start'].map((name) => [name, 'ret'])) };
  const text = Object.entries(functions).map(([name, body]) => `.globl "${name}"\n"${name}": ${body}\n`);
  writeFileSync(`${path}.s`, `.text\n${text.join('')}`);
  execFileSync('gcc', ['-nostdlib', '-static', '-o', path, `${path}.s`]);
  return ElfFile.open(path)!;
}

describe.skipIf(process.arch !== 'x64' || !findCommand('gcc'))('a program in Rust with tokio', () => {
  it.each(setters)('keeps the id of the task that a thread polls in the data of the thread: $name', (setter) => {
    const elf = program(setter.name, setter.code);
    const address = (name: string) => elf.symbols([name])[0].address;
    const found = tokioIn(elf)!;
    expect({ ...found, wakes: found.wakes.toSorted() }).toEqual({
      path: { steps: [setter.place] },
      wakes: wakes.map(address).toSorted(),
      makes: [address(bind)],
    });
    elf.close();
  });

  it('tells nothing where its code is another one', () => {
    for (const code of ['ret', 'movq %rdi, 0x30(%rax); ret', 'movq $-0xe8, %rbx; movq %rdi, 8(%rsp); ret', '.byte 6']) {
      const elf = program(enters, code);
      expect(tokioIn(elf)).toBeUndefined();
      elf.close();
    }
  });
});

it('is not every program', () => {
  const elf = ElfFile.open(process.execPath)!;
  expect(tokioIn(elf)).toBeUndefined();
  elf.close();
});
