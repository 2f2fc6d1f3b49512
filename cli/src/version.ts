import { readFileSync } from 'node:fs';

/** Version of the package, from the manifest beside the sources or the bundle. */
export function version(): string {
  for (const manifest of ['../package.json', '../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(manifest, import.meta.url), 'utf8')).version;
    } catch {
      // The bundle lies one folder higher than the sources.
    }
  }
  return 'unknown';
}
