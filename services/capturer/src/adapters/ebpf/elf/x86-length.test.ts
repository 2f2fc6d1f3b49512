import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { missing, titled } from '@flowloom/testkit';
import { describe, expect, it } from 'vitest';
import { instructionLength } from './x86-length.ts';

/** It has each kind of instruction, in functions for each kind of processor. */
const library = '/lib/x86_64-linux-gnu/libc.so.6';
const reason = existsSync(library) ? await missing('objdump') : 'no libc of Debian for amd64';

const code = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

describe('length of an instruction', () => {
  // Intel's manual, volume 2: RET, MOV r64 imm64, MOV r64 m64 with SIB and displacement, MOVUPS, VZEROUPPER, VPXORQ of EVEX, JBE rel32
  it.each([
    ['c3', 1],
    ['48 b8 0102030405060708', 10],
    ['4c 8b a4 24 00010000', 8],
    ['44 0f 11 7c 24 20', 6],
    ['c5 f8 77', 3],
    ['62 f1 fd 48 ef c0', 6],
    ['0f 86 00000000', 6],
    ['66 c7 00 0102', 5],
    ['f6 00 01', 3],
    ['f6 10', 2],
  ])('%s is %i', (hex, length) => expect(instructionLength(code(hex), 0)).toBe(length));

  it('is 0 where the code is cut or there is no such instruction', () => {
    const whole = code('4c 8b a4 24 00010000');
    for (let length = 0; length < whole.length; length++) {
      expect(instructionLength(whole.subarray(0, length), 0)).toBe(0);
    }
    expect(instructionLength(code('06'), 0)).toBe(0);
    expect(instructionLength(code('66'.repeat(20)), 0)).toBe(0);
  });

  it.skipIf(reason)(titled('is what objdump says, all over the C library', reason), () => {
    const options = { maxBuffer: 1 << 30, encoding: 'latin1' } as const;
    const text = execFileSync('objdump', ['-d', '-w', '--insn-width=16', library], options);
    const wrong = new Set<string>();
    let count = 0;
    for (const [, bytes, name] of text.matchAll(/^ +[0-9a-f]+:\t((?:[0-9a-f]{2} )+) *\t(.*)$/gm)) {
      // Not an instruction, or a lone prefix
      if (/\(bad\)|^\.byte|^(?:data16|rex|lock|rep|cs|ds|notrack)\S*$/.test(name.trim())) continue;
      const instruction = code(bytes);
      count++;
      if (instructionLength(instruction, 0) !== instruction.length) wrong.add(`${bytes}: ${name}`);
    }
    expect(count).toBeGreaterThan(100_000);
    expect([...wrong].slice(0, 20)).toEqual([]);
  });
});
