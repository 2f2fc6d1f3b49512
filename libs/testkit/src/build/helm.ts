import { join } from 'node:path';
import { cached } from '../cache.ts';
import { go } from './go.ts';

const version = 'v3.19.0';
export const helmEntry = `helm-${version}`;

/** Path of Helm; built once (1.2 minutes). */
export async function helmBinary(): Promise<string> {
  const folder = await cached(helmEntry, async (part) => {
    await go(['install', '-trimpath', '-ldflags=-s -w', `helm.sh/helm/v3/cmd/helm@${version}`], part, { GOBIN: part });
  });
  return join(folder, 'helm');
}
