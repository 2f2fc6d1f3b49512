import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '@flowloom/testkit';
import { buildGoProgram } from '@flowloom/testkit/go';

const module = 'google.golang.org/grpc';
const version = 'v1.76.0';
const source = readFileSync(new URL('grpc.go', import.meta.url), 'utf8');

/** Path of the Go program in grpc.go; built once (half a minute from nothing). */
export async function grpcBinary(): Promise<string> {
  const entry = `grpc-${version}-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`;
  const program = { name: 'grpc', package: '.', module, version, replace: [], files: { 'main.go': source } };
  return join(await cached(entry, (folder) => buildGoProgram(program, folder)), 'grpc');
}
