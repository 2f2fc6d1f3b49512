import { join } from 'node:path';
import { cached } from '../cache.ts';
import { buildGoProgram } from './go.ts';

/** Jaeger v2 is in the module of this version. */
const version = 'v1.76.0';
export const jaegerEntry = `jaeger-${version}`;

/** Path of the Jaeger v2 binary; built once (3.5 minutes of two cores from nothing). */
export async function jaegerBinary(): Promise<string> {
  const module = 'github.com/jaegertracing/jaeger';
  const replace = ['github.com/Shopify/sarama => github.com/Shopify/sarama v1.33.0'];
  const program = { name: 'jaeger', package: `${module}/cmd/jaeger`, module, version, replace };
  return join(await cached(jaegerEntry, (folder) => buildGoProgram(program, folder)), 'jaeger');
}
