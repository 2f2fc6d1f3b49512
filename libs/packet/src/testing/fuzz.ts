/**
 * Long run of mutated frames: `node libs/packet/src/testing/fuzz.ts [frames] [seed] [capture...]`, 10 million by default. Starts
 * from a frame of every kind and from those of the captures given. Expected: no exception, no read outside the frame, and
 * exit 0; else the frame is printed as hex.
 */
import { readFileSync } from 'node:fs';
import { dropNames } from '../drop.ts';
import { CaptureReader } from '../file/capture-reader.ts';
import { corpus, type Seed } from './corpus.ts';
import { Mutator } from './mutator.ts';
import { TwinDecoder } from './twin-decoder.ts';

const MAX_FRAME_BYTES = 600;
const MAX_SEEDS_PER_CAPTURE = 50;

function framesOf(file: string): Seed[] {
  const reader = new CaptureReader();
  reader.push(readFileSync(file));
  const seeds: Seed[] = [];
  while (seeds.length < MAX_SEEDS_PER_CAPTURE && reader.next()) {
    const { bytes, start, capturedBytes, linkType } = reader.frame;
    if (capturedBytes > 0) seeds.push({ bytes: bytes.slice(start, start + capturedBytes), linkType });
  }
  return seeds;
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
