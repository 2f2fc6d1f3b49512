export {
  type BusConfig,
  busConfig,
  type CommonConfig,
  commonSections,
  type OtlpConfig,
  otlpConfig,
  type ProcessConfig,
  processConfig,
  type RedisConfig,
  redisConfig,
} from './common.ts';
export { ConfigError } from './error.ts';
export { LoadedConfig, type LoadOptions, loadConfig } from './load.ts';
export { configMarkdown } from './markdown.ts';
export { type ConfigKey, type ConfigOf, type ConfigSection, defineConfig } from './section.ts';
export { configProblem, readTlsFiles, type TlsFiles, tlsFile } from './tls-files.ts';
