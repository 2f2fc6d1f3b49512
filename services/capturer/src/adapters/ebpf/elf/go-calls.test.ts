import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missing, titled } from '@flowloom/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { ElfFile } from './elf-file.ts';
import { goCalls } from './go-calls.ts';

const reason = process.arch === 'x64' ? await missing('go') : 'no amd64';
const folder = mkdtempSync(join(tmpdir(), 'flowloom-go-calls-'));
afterAll(() => rmSync(folder, { recursive: true }));

const names = ['runtime.chansend1', 'runtime.chanrecv2', 'runtime.selectgo'];
const program = `package main

func worker(tasks <-chan [3]int, results chan<- int, quit chan bool) {
	for task := range tasks {
		select {
		case results <- task[0]:
		case <-quit:
			return
		}
	}
}

func main() {
	tasks, results := make(chan [3]int), make(chan int)
	go worker(tasks, results, make(chan bool))
	tasks <- [3]int{1, 2, 3}
	println(<-results)
}
`;

function build(output: string, ...flags: string[]): string {
  writeFileSync(join(folder, 'main.go'), program);
  const path = join(folder, output);
  execFileSync('go', ['build', ...flags, '-o', path, 'main.go'], { cwd: folder });
  return path;
}

function callsIn(path: string, isWanted: (caller: string) => boolean) {
  const elf = ElfFile.open(path)!;
  const calls = goCalls(elf, names, isWanted);
  elf.close();
  return calls;
}

describe.skipIf(reason)(titled('calls in a Go program', reason), () => {
  it('are those that Go’s own disassembler shows, stripped or not', () => {
    const path = build('whole');
    const listed = execFileSync('go', ['tool', 'objdump', '-s', '^main\\.', path], { encoding: 'utf8' });
    const shown = [...listed.matchAll(/0x([0-9a-f]+)\t\te8[0-9a-f]+\t+CALL (\S+)\(SB\)/g)]
      .map(([, address, name]) => ({ name, begin: Number.parseInt(address, 16) }))
      .filter(({ name }) => names.includes(name));
    expect(new Set(shown.map(({ name }) => name))).toEqual(new Set(names));
    const ofMain = (caller: string) => caller.startsWith('main.');
    expect(callsIn(path, ofMain)).toEqual(shown.map((call) => ({ ...call, returns: [call.begin + 5] })));
    expect(callsIn(build('stripped', '-ldflags', '-s -w'), ofMain)).toHaveLength(shown.length);
  }, 60_000);

  it('of others are left out, and none is found where there is no table of functions', () => {
    expect(callsIn(join(folder, 'whole'), () => false)).toEqual([]);
    expect(callsIn(process.execPath, () => true)).toEqual([]);
  });
});
