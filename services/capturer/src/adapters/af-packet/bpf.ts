/**
 * A small assembler of classic BPF (Documentation/networking/filter.rst): instructions with labels, turned into the
 * 8-byte `struct sock_filter` that SO_ATTACH_FILTER takes. Conditional jumps reach 255 instructions.
 */
export interface Instruction {
  readonly code: number;
  readonly k: number;
  /** Where to go on, else the next instruction. */
  readonly then?: string;
  readonly otherwise?: string;
}

/** A named place between instructions. */
export type Line = Instruction | string;

const LD = 0x00;
const LDX = 0x01;
const ST = 0x02;
const ALU = 0x04;
const JMP = 0x05;
const RET = 0x06;
const W = 0x00;
const H = 0x08;
const B = 0x10;
const ABS = 0x20;
const IND = 0x40;
const MEM = 0x60;
const MSH = 0xa0;

/** Loads at these offsets ask the kernel about the packet instead of reading it. */
const SKF_AD_OFF = -0x1000;
export const ancillary = { protocol: SKF_AD_OFF, packetType: SKF_AD_OFF + 4, interface: SKF_AD_OFF + 8 } as const;
/** Offsets from here count from the network header, whatever the link layer. */
export const NETWORK = -0x100000;

const op = (code: number) => (k: number) => ({ code, k: k >>> 0 });

/** A = what stands there. */
export const load32 = op(LD | W | ABS);
export const load16 = op(LD | H | ABS);
export const load8 = op(LD | B | ABS);
/** A = the 32 bits at X + k. */
export const loadIndexed32 = op(LD | W | IND);
/** X = 4 * (byte & 15): the length of an IPv4 header. */
export const loadHeaderLength = op(LDX | B | MSH);
/** X = k. */
export const setIndex = op(LDX | W);
export const store = op(ST);
export const recall = op(LD | MEM);
export const and = op(ALU | 0x50);
/** Accepts k bytes of the packet, with 0 none. */
export const accept = op(RET);

/** Compares A with k. */
export function ifEqual(k: number, then?: string, otherwise?: string): Instruction {
  return { code: JMP | 0x10, k: k >>> 0, then, otherwise };
}

/** A & k is not 0. */
export function ifAnyBit(k: number, then?: string, otherwise?: string): Instruction {
  return { code: JMP | 0x40, k: k >>> 0, then, otherwise };
}

export const goto = (then: string): Instruction => ({ code: JMP, k: 0, then });

/** The program as an array of `struct sock_filter`: u16 code, u8 jt, u8 jf, u32 k. */
export function assemble(lines: readonly Line[]): Uint8Array {
  const places = new Map<string, number>();
  const instructions: Instruction[] = [];
  for (const line of lines) {
    if (typeof line === 'string') places.set(line, instructions.length);
    else instructions.push(line);
  }
  const program = new DataView(new ArrayBuffer(instructions.length * 8));
  instructions.forEach(({ code, k, then, otherwise }, at) => {
    const jump = (label: string | undefined): number => {
      if (label === undefined) return 0;
      const place = places.get(label);
      if (place === undefined || place <= at) throw new Error(`BPF: ${label} is not ahead`);
      return place - at - 1;
    };
    const isGoto = code === JMP;
    const [jt, jf] = isGoto ? [0, 0] : [jump(then), jump(otherwise)];
    if (jt > 255 || jf > 255) throw new Error('BPF: a conditional jump reaches 255 instructions');
    program.setUint16(at * 8, code, true);
    program.setUint8(at * 8 + 2, jt);
    program.setUint8(at * 8 + 3, jf);
    program.setUint32(at * 8 + 4, isGoto ? jump(then) : k, true);
  });
  return new Uint8Array(program.buffer);
}
