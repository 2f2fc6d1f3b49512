import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from './error.ts';
import type { ConfigSection } from './section.ts';

/** A key that names a PEM file. */
export const tlsFile = (what: string) => z.string().default('').describe(`${what}; read at the start; empty: none`);

/** Names of keys that were made by `tlsFile`. */
export interface TlsFileKeys<K extends string> {
  readonly ca: K;
  readonly certificate: K;
  readonly key: K;
}

/** PEM texts, as `tls.connect` takes them. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Reads the files that a section names. Throws a `ConfigError` for one that cannot be read, or a certificate without its key. */
export function readTlsFiles<K extends string>(
  section: ConfigSection,
  values: Readonly<Record<K, string>>,
  keys: TlsFileKeys<K>,
): TlsFiles {
  const { certificate, key } = keys;
  if (values[certificate] && !values[key]) throw configProblem(section, key, 'the certificate needs its key');
  if (values[key] && !values[certificate]) throw configProblem(section, certificate, 'the key needs its certificate');
  const read = (name: K): string | undefined => {
    if (!values[name]) return undefined;
    try {
      return readFileSync(values[name], 'utf8');
    } catch (error) {
      throw configProblem(section, name, `cannot be read: ${(error as Error).message}`);
    }
  };
  return { ca: read(keys.ca), cert: read(certificate), key: read(key) };
}

/** An error about one key, by the name of its variable. */
export function configProblem(section: ConfigSection, key: string, message: string): ConfigError {
  const { env } = section.keys.find((each) => each.key === key)!;
  return new ConfigError([`${env}: ${message}`]);
}
