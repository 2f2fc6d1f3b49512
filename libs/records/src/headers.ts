import type { RecordType } from './record-type.ts';

/** Headers of a bus record that carries rows of a type: what it is and which version wrote it. */
export function recordHeaders(type: RecordType): Record<string, string> {
  return { 'flowloom-record': type.name, 'flowloom-version': String(type.version) };
}
