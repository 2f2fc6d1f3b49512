import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { collectorEntry } from './build/collector.ts';
import { findGo } from './build/go.ts';
import { grpcGoEntry } from './build/grpc-go.ts';
import { helmEntry } from './build/helm.ts';
import { jaegerEntry } from './build/jaeger.ts';
import { apiserverEntry } from './build/kube-apiserver.ts';
import { kubeOvnEntry } from './build/kube-ovn.ts';
import { isCached } from './cache.ts';

/** Servers that are built once from source, and what is taken from sources. */
export const built = {
  jaeger: jaegerEntry,
  collector: collectorEntry,
  'kube-apiserver': apiserverEntry,
  'kube-ovn': kubeOvnEntry,
  helm: helmEntry,
  'grpc-go': grpcGoEntry,
} as const;

export type Need = 'root' | keyof typeof built | (string & {});

/**
 * Why tests that need these cannot run here, or undefined: `root`, a server that is built (needs Go, once), or the name
 * of a command. `describe.skipIf(missing)` with the reason in the title says so in the report.
 */
export async function missing(...needs: Need[]): Promise<string | undefined> {
  const reasons: string[] = [];
  for (const need of needs) {
    if (need === 'root') {
      if (process.getuid?.() !== 0) reasons.push('not root');
    } else if (need in built) {
      if (!isCached(built[need as keyof typeof built]) && !(await findGo())) reasons.push(`${need} needs Go to get it`);
    } else if (!findCommand(need)) {
      reasons.push(`${need} is not installed`);
    }
  }
  return reasons.length > 0 ? reasons.join(', ') : undefined;
}

/** Path of a command, on PATH or where the system keeps its servers; a name that is a path stands for itself. */
export function findCommand(name: string): string | undefined {
  if (isAbsolute(name)) return isExecutable(name) ? name : undefined;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The title of a group of tests, with the reason when it is skipped. */
export function titled(title: string, reason: string | undefined): string {
  return reason ? `${title} [skipped: ${reason}]` : title;
}
