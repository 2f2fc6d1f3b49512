/**
 * Lengths in bits of the codes of RFC 7541 appendix B, symbols 0 to 256 (end of string). The code is canonical: among
 * codes of one length those of smaller symbols come first, so the lengths define it.
 */
const lengths = (
  '13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28 ' +
  '6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 ' +
  '13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 ' +
  '15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28 ' +
  '20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24 ' +
  '22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23 ' +
  '26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27 ' +
  '20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26 30'
)
  .split(' ')
  .map(Number);
const END_OF_STRING = 256;

/** Nodes of the code's tree, two places each: the next node, or -1 - symbol. */
function buildTree(): Int16Array {
  const tree: number[] = [0, 0];
  let code = 0;
  for (let length = 1; length <= 30; length++, code *= 2) {
    for (let symbol = 0; symbol <= END_OF_STRING; symbol++) {
      if (lengths[symbol] !== length) continue;
      let node = 0;
      for (let bit = length - 1; bit > 0; bit--) {
        const at = node * 2 + ((code >>> bit) & 1);
        if (tree[at] === 0) tree[at] = tree.push(0, 0) / 2 - 1;
        node = tree[at];
      }
      tree[node * 2 + (code & 1)] = -1 - symbol;
      code++;
    }
  }
  return Int16Array.from(tree);
}

const FAIL = -1;
const tree = buildTree();
/** By node and four bits: the next node in the upper bits, and in the lower ten the symbol completed + 1, or 0. */
const steps = Int32Array.from({ length: (tree.length / 2) * 16 }, (_, index) => {
  let node = index >> 4;
  let symbol = -1;
  for (let bit = 3; bit >= 0; bit--) {
    const next = tree[node * 2 + ((index >> bit) & 1)];
    if (next >= 0) node = next;
    else {
      symbol = -1 - next; // one at most: no code is shorter than five bits
      node = 0;
    }
  }
  return symbol === END_OF_STRING ? FAIL : (node << 10) | (symbol + 1);
});

/** Nodes in which a string may end: on the way of up to seven ones (RFC 7541 5.2). */
const mayEnd = new Set<number>([0]);
for (let i = 0, node = 0; i < 7; i++) mayEnd.add((node = tree[node * 2 + 1]));

/**
 * Decodes [start, end) into `into`, as far as it has room. Returns the whole length of the decoded text, or -1 if this is
 * no Huffman code.
 */
export function decodeHuffman(into: Uint8Array, bytes: Uint8Array, start: number, end: number): number {
  let node = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    for (let shift = 4; shift >= 0; shift -= 4) {
      const step = steps[(node << 4) | ((byte >> shift) & 15)];
      if (step === FAIL) return -1;
      node = step >> 10;
      const symbol = (step & 1023) - 1;
      if (symbol >= 0) {
        if (length < into.length) into[length] = symbol;
        length++;
      }
    }
  }
  return mayEnd.has(node) ? length : -1;
}
