const m = 0x5bd1e995;
const seed = 0x9747b28c;

/**
 * Kafka's murmur2 (org.apache.kafka.common.utils.Utils.murmur2), unsigned: Austin Appleby's MurmurHash2, 32 bit, with
 * Kafka's seed. Reads the first `length` bytes.
 */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let h = seed ^ length;
  const words = length & ~3;
  for (let i = 0; i < words; i += 4) {
    let k = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    k = Math.imul(k, m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = length & 3;
  if (rest === 3) h ^= bytes[words + 2] << 16;
  if (rest >= 2) h ^= bytes[words + 1] << 8;
  if (rest >= 1) h = Math.imul(h ^ bytes[words], m);
  h = Math.imul(h ^ (h >>> 13), m);
  return (h ^ (h >>> 15)) >>> 0;
}

/** The partition of a key among `partitions`, as Kafka's own producer chooses it. */
export function partitionOf(key: Uint8Array | string, partitions: number): number {
  const bytes = typeof key === 'string' ? Buffer.from(key) : key;
  return (murmur2(bytes) & 0x7fffffff) % partitions;
}
