import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const standardInput = 0;
const unpackedChunkBytes = 1 << 20;

/** The bytes of a file, or of the standard input (`-`), unpacked where they are in gzip. */
export function byteStream(path: string): AsyncGenerator<Buffer> {
  const input = path === '-' ? createReadStream('', { fd: standardInput, autoClose: false }) : createReadStream(path);
  return unpacked(input[Symbol.asyncIterator]() as AsyncGenerator<Buffer>);
}

/** Whether these are the first bytes of gzip data (RFC 1952 2.3.1). */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

async function* unpacked(packed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const first = await packed.next();
  if (first.done === true) return;
  const whole = prepended(first.value, packed);
  if (isGzip(first.value)) {
    const gunzip = createGunzip({ chunkSize: unpackedChunkBytes });
    pipeline(Readable.from(whole), gunzip, () => {}); // its errors come out of gunzip too
    yield* gunzip as AsyncIterable<Buffer>;
  } else yield* whole;
}

async function* prepended(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
