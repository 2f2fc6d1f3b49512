import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { type BusConfig, busConfig } from '../config/common.ts';
import { ConfigError } from '../config/error.ts';

type TlsKey = 'kafkaTlsCaFile' | 'kafkaTlsCertificateFile' | 'kafkaTlsKeyFile';

/** How connections to the brokers are secured; false: not at all. Throws a `ConfigError` for settings that do not fit together. */
export function kafkaTls(config: BusConfig): boolean | ConnectionOptions {
  const { kafkaTls: isOn, kafkaTlsCaFile, kafkaTlsCertificateFile, kafkaTlsKeyFile, kafkaTlsKeyPassword } = config;
  const isPartOfIt = kafkaTlsCaFile || kafkaTlsCertificateFile || kafkaTlsKeyFile;
  if (isPartOfIt && !isOn) throw problem('kafkaTls', 'must be true where files of certificates are given');
  if (kafkaTlsCertificateFile && !kafkaTlsKeyFile) throw problem('kafkaTlsKeyFile', 'the certificate needs its key');
  if (kafkaTlsKeyFile && !kafkaTlsCertificateFile)
    throw problem('kafkaTlsCertificateFile', 'the key needs its certificate');
  if (!isPartOfIt) return isOn;
  return {
    ca: read(config, 'kafkaTlsCaFile'),
    cert: read(config, 'kafkaTlsCertificateFile'),
    key: read(config, 'kafkaTlsKeyFile'),
    passphrase: kafkaTlsKeyPassword || undefined,
  };
}

function read(config: BusConfig, key: TlsKey): string | undefined {
  if (!config[key]) return undefined;
  try {
    return readFileSync(config[key], 'utf8');
  } catch (error) {
    throw problem(key, `cannot be read: ${(error as Error).message}`);
  }
}

function problem(key: TlsKey | 'kafkaTls', message: string): ConfigError {
  const { env } = busConfig.keys.find((each) => each.key === key)!;
  return new ConfigError([`${env}: ${message}`]);
}
