// Lengths of x86-64 instructions (Intel 64 Architectures Software Developer's Manual, volume 2, appendix A). No more is known of
// them than where the next one begins.

/**
 * What follows an opcode, a letter each: `.` no such instruction, `-` nothing, `m` ModRM, `b` 8, `w` 16, `z` 16 or 32 bits of
 * immediate, `d` always 32, `v` as `z` or 64 with REX.W, `M` ModRM and 8 bits, `Z` ModRM and `z`, `e` 24 bits (ENTER), `o` an
 * address, `g` and `G`: group 3, where only TEST has an immediate, of 8 bits or `z`.
 */
const oneByte =
  'mmmmbz..mmmmbz..' + // 00
  'mmmmbz..mmmmbz..' +
  'mmmmbz..mmmmbz..' +
  'mmmmbz..mmmmbz..' +
  '................' + // 40: REX
  '----------------' +
  '...m....zZbM----' + // 60
  'bbbbbbbbbbbbbbbb' +
  'MZ.Mmmmmmmmmmmmm' + // 80
  '----------.-----' +
  'oooo----bz------' + // a0
  'bbbbbbbbvvvvvvvv' +
  'MMw-..MZe-w--b.-' + // c0
  'mmmm...-mmmmmmmm' +
  'bbbbbbbbdd.b----' + // e0
  '.-..--gG------mm';
/** Behind 0F. */
const twoByte =
  'mmmm.-----.-.m-.' + // 00
  'mmmmmmmmmmmmmmmm' +
  'mmmm....mmmmmmmm' +
  '------.-........' + // 30
  'mmmmmmmmmmmmmmmm' +
  'mmmmmmmmmmmmmmmm' +
  'mmmmmmmmmmmmmmmm' +
  'MMMMmmm-mm..mmmm' + // 70
  'dddddddddddddddd' +
  'mmmmmmmmmmmmmmmm' +
  '---mMm..---mMmmm' + // a0
  'mmmmmmmmmmMmmmmm' +
  'mmMmMMMm--------' + // c0
  'mmmmmmmmmmmmmmmm' +
  'mmmmmmmmmmmmmmmm' +
  'mmmmmmmmmmmmmmmm';

const OPERAND_SIZE = 0x66;
const ADDRESS_SIZE = 0x67;
/** Segments, sizes, LOCK, REPNE and REP. */
const prefixes = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, OPERAND_SIZE, ADDRESS_SIZE, 0xf0, 0xf2, 0xf3]);
const MAX_BYTES = 15;

/** Length of the instruction at `at`; 0 where there is none that is known, or not all of it. */
export function instructionLength(code: Uint8Array, at: number): number {
  let next = at;
  let isWord = false;
  let isShortAddress = false;
  for (; prefixes.has(code[next]); next++) {
    isWord ||= code[next] === OPERAND_SIZE;
    isShortAddress ||= code[next] === ADDRESS_SIZE;
  }
  const rex = (code[next] & 0xf0) === 0x40 ? code[next++] : 0;
  const [kind, behind] = opcodeAt(code, next);
  const isWide = (rex & 8) !== 0;
  const end = behind + operandBytes(kind, code, behind, isWord && !isWide, isWide, isShortAddress);
  return end > behind - 1 && kind !== '.' && end <= code.length && end - at <= MAX_BYTES ? end - at : 0;
}

/** The letter of the opcode, and where it is over. */
function opcodeAt(code: Uint8Array, at: number): [string, number] {
  switch (code[at]) {
    case 0x0f:
      if (code[at + 1] === 0x38) return ['m', at + 3];
      if (code[at + 1] === 0x3a) return ['M', at + 3];
      return [twoByte[code[at + 1]] ?? '.', at + 2];
    case 0xc5: // VEX with two bytes, with three, EVEX: the map is told by a field
      return [inMap(1, code[at + 2]), at + 3];
    case 0xc4:
      return [inMap(code[at + 1] & 0x1f, code[at + 3]), at + 4];
    case 0x62:
      return [inMap(code[at + 1] & 7, code[at + 4]), at + 5];
    case 0x8f: // POP, or else XOP, which no processor has any more
      return [code[at + 1] & 0x38 ? '.' : 'm', at + 1];
    default:
      return [oneByte[code[at]] ?? '.', at + 1];
  }
}

function inMap(map: number, opcode: number): string {
  if (map === 1) return twoByte[opcode] ?? '.';
  return map === 3 ? 'M' : map === 0 || map > 6 ? '.' : 'm';
}

function operandBytes(
  kind: string,
  code: Uint8Array,
  at: number,
  isWord: boolean,
  isWide: boolean,
  isShortAddress: boolean,
): number {
  const z = isWord ? 2 : 4;
  switch (kind) {
    case 'm':
      return modRmBytes(code, at);
    case 'b':
      return 1;
    case 'w':
      return 2;
    case 'e':
      return 3;
    case 'd':
      return 4;
    case 'z':
      return z;
    case 'v':
      return isWide ? 8 : z;
    case 'o':
      return isShortAddress ? 4 : 8;
    case 'M':
      return modRmBytes(code, at) + 1;
    case 'Z':
      return modRmBytes(code, at) + z;
    case 'g':
    case 'G': {
      const isTest = ((code[at] >> 3) & 7) < 2;
      return modRmBytes(code, at) + (isTest ? (kind === 'g' ? 1 : z) : 0);
    }
    default:
      return 0;
  }
}

/** ModRM, with SIB and displacement (tables 2-2 and 2-3). */
function modRmBytes(code: Uint8Array, at: number): number {
  const mode = code[at] >> 6;
  const rm = code[at] & 7;
  if (mode === 3) return 1;
  const sib = rm === 4 ? 1 : 0;
  const base = sib ? code[at + 1] & 7 : rm;
  if (mode === 1) return 2 + sib;
  return 1 + sib + (mode === 2 || base === 5 ? 4 : 0);
}
