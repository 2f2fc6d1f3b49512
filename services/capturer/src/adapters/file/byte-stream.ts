import { createReadStream } from 'node:fs';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { compressionOf } from '@flowloom/packet';

const standardInput = 0;
const unpackedChunkBytes = 1 << 20;

/** The bytes of a file, or of the standard input (`-`), unpacked where they are in gzip or zstd. */
export function byteStream(path: string): AsyncGenerator<Buffer> {
  const input = path === '-' ? createReadStream('', { fd: standardInput, autoClose: false }) : createReadStream(path);
  return unpacked(input[Symbol.asyncIterator]() as AsyncGenerator<Buffer>);
}

/** What unpacks data that begins with these bytes; undefined where it is not packed, or in a way that is not known here. */
export function unpackerOf(head: Uint8Array): Transform | undefined {
  switch (compressionOf(head)) {
    case 'gzip':
      return createGunzip({ chunkSize: unpackedChunkBytes });
    case 'zstd':
      return createZstdDecompress({ chunkSize: unpackedChunkBytes });
    default:
      return undefined;
  }
}

async function* unpacked(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await packed.next();
  if (first.done === true) return;
  const whole = prepended(first.value, packed);
  const unpacker = unpackerOf(first.value);
  if (unpacker !== undefined) {
    pipeline(Readable.from(whole), unpacker, () => {}); // what fails also comes out of the unpacker
    yield* unpacker as AsyncIterable<Buffer>;
  } else yield* whole;
}

async function* prepended(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
