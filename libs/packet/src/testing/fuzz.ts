/**
 * Long run of mutated frames: `node libs/packet/src/testing/fuzz.ts [frames] [seed] [capture or folder...]`, 10 million by
 * default. Starts from a frame of every kind and from those of the captures given, of folders all that are in them. Expected:
 * no exception, no read outside the frame, and exit 0; else the frame is printed as hex.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { dropNames } from '../drop.ts';
import { CaptureReader } from '../file/capture-reader.ts';
import { compressionOf } from '../file/compression.ts';
import { corpus, type Seed } from './corpus.ts';
import { Mutator } from './mutator.ts';
import { TwinDecoder } from './twin-decoder.ts';

const MAX_FRAME_BYTES = 1600;
const MAX_SEEDS_PER_CAPTURE = 50;

/** Frames of a capture, or of all captures in a folder; what is none has none. */
function framesOf(path: string): Seed[] {
  if (statSync(path).isDirectory()) return readdirSync(path).flatMap((name) => framesOf(join(path, name)));
  const reader = new CaptureReader();
  reader.push(unpacked(readFileSync(path)));
  const seeds: Seed[] = [];
  while (seeds.length < MAX_SEEDS_PER_CAPTURE && reader.next()) {
    const { bytes, start, capturedBytes, linkType } = reader.frame;
    if (capturedBytes > 0) seeds.push({ bytes: bytes.slice(start, start + capturedBytes), linkType });
  }
  return seeds;
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    switch (compressionOf(bytes)) {
      case 'gzip':
        return gunzipSync(bytes);
      case 'zstd':
        return zstdDecompressSync(bytes);
      default:
        return bytes;
    }
  } catch {
    return new Uint8Array(0); // a damaged archive, kept for other tests
  }
}

const [frames = '10000000', seed = '1', ...captures] = process.argv.slice(2);
const seeds = [...corpus, ...captures.flatMap(framesOf)];
const mutator = new Mutator(seeds, MAX_FRAME_BYTES, Number(seed));
const twins = new TwinDecoder(MAX_FRAME_BYTES);
const outcomes = new Float64Array(dropNames.length);
for (let i = 0; i < Number(frames); i++) {
  mutator.next();
  let wrong: string | null;
  try {
    wrong = twins.decode(mutator.bytes, mutator.captured, mutator.length, i, mutator.linkType);
  } catch (error) {
    wrong = String(error);
  }
  if (wrong !== null) {
    const text = Buffer.from(mutator.bytes.subarray(0, mutator.captured)).toString('hex');
    console.error(`frame ${i}, link type ${mutator.linkType}, ${mutator.length} bytes on the wire: ${wrong}\n${text}`);
    process.exit(1);
  }
  outcomes[twins.packet.drop]++;
}
const counts = dropNames.map((name, drop) => `${name} ${outcomes[drop]}`).join(', ');
console.log(`${frames} mutated frames from ${seeds.length}: ${counts}`);
