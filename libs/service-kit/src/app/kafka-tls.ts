import type { ConnectionOptions } from 'node:tls';
import { type BusConfig, busConfig } from '../config/common.ts';
import { configProblem, readTlsFiles } from '../config/tls-files.ts';

const keys = { ca: 'kafkaTlsCaFile', certificate: 'kafkaTlsCertificateFile', key: 'kafkaTlsKeyFile' } as const;

/** How connections to the brokers are secured; false: not at all. Throws a `ConfigError` for settings that do not fit together. */
export function kafkaTls(config: BusConfig): boolean | ConnectionOptions {
  const files = readTlsFiles(busConfig, config, keys);
  if (!files.ca && !files.cert) return config.kafkaTls;
  if (!config.kafkaTls)
    throw configProblem(busConfig, 'kafkaTls', 'must be true where files of certificates are given');
  return { ...files, passphrase: config.kafkaTlsKeyPassword || undefined };
}
