import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { helmBinary } from '@flowloom/testkit';
import { parseAllDocuments } from 'yaml';

/** The least that a test reads of any object of the API. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly annotations?: object };
  readonly [field: string]: unknown;
}

export const chart = new URL('chart', import.meta.url).pathname;
export const namespace = 'flowloom';

/** A Helm that Go's install built takes itself for one of Kubernetes 1.20, where no API server says otherwise. */
export const withoutServer = ['--kube-version', '1.34.0'];

/** Runs Helm; throws with what it says. */
export async function helm(...args: string[]): Promise<string> {
  return (await promisify(execFile)(await helmBinary(), args, { maxBuffer: 1 << 26 })).stdout;
}

/** The manifests that the chart makes with these values: files, and `--set` assignments. */
export function template(files: readonly string[] = [], sets: readonly string[] = []): Promise<string> {
  const values = [...files.flatMap((file) => ['--values', file]), ...sets.flatMap((set) => ['--set', set])];
  return helm('template', 'flowloom', chart, '--namespace', namespace, ...values, ...withoutServer);
}

export function objectsOf(manifests: string): KubernetesObject[] {
  return parseAllDocuments(manifests)
    .map((document) => document.toJS())
    .filter(Boolean);
}
