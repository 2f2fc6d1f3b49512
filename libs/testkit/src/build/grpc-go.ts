import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { buildGoProgram } from './go.ts';

const version = 'v1.76.0';
const source = readFileSync(new URL('grpc.go', import.meta.url), 'utf8');
export const grpcGoEntry = `grpc-go-${version}-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`;

/** Path of the program of grpc.go, a gRPC service and its client; built once (half a minute from nothing). */
export async function grpcGoBinary(): Promise<string> {
  const module = 'google.golang.org/grpc';
  const program = { name: 'grpc', package: '.', module, version, replace: [], files: { 'main.go': source } };
  return join(await cached(grpcGoEntry, (folder) => buildGoProgram(program, folder)), 'grpc');
}
