import { setTimeout as sleep } from 'node:timers/promises';
import { commonSections, processConfig } from '../config/common.ts';
import { ConfigError } from '../config/error.ts';
import { type LoadedConfig, type LoadOptions, loadConfig } from '../config/load.ts';
import { type BootstrapOptions, bootstrapServices, type RunningServices } from './bootstrap.ts';
import { listenForSignals, type Signals } from './signals.ts';

export interface RunOptions extends Omit<BootstrapOptions, 'config' | 'signal'>, LoadOptions {
  /** Called when everything runs. */
  readonly onReady?: (running: RunningServices) => void;
}

/**
 * Parses the settings, runs the services until SIGTERM or SIGINT, closes them in order, and resolves to the exit code:
 * 0 after a signal, 1 after a failure or a shutdown that took too long, 2 for settings that cannot be used. A second
 * signal ends the process at once.
 */
export async function runServices(options: RunOptions): Promise<number> {
  const config = parse(options);
  if (config instanceof ConfigError) return unusable(config);
  const signals = listenForSignals();
  try {
    const running = await bootstrapServices({ ...options, config, signal: signals.abort });
    return await untilStopped(running, config, signals, options);
  } catch (error) {
    if (signals.abort.aborted) return 0;
    if (error instanceof ConfigError) return unusable(error);
    complain((error as Error).message);
    return 1;
  } finally {
    signals.stopListening();
  }
}

function parse(options: RunOptions): LoadedConfig | ConfigError {
  try {
    return loadConfig([...commonSections, ...options.services.map((service) => service.config)], options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Also of settings that only the service itself can judge, such as files that they name. */
function unusable({ problems }: ConfigError): number {
  for (const problem of problems) complain(problem);
  return 2;
}

async function untilStopped(
  running: RunningServices,
  config: LoadedConfig,
  signals: Signals,
  { services, onReady }: RunOptions,
): Promise<number> {
  const { log, url } = running;
  log.info({ url }, `${services.map(({ name }) => name).join(', ')} running`);
  onReady?.(running);
  const failure = await Promise.race([signals.first, running.failed]);
  if (failure) log.fatal({ err: failure }, `cannot go on: ${failure.message}`);

  const { shutdownTimeoutMs } = config.of(processConfig);
  const timer = new AbortController();
  const tooLong = sleep(shutdownTimeoutMs, `took more than ${shutdownTimeoutMs} ms`, { signal: timer.signal }).catch(
    () => undefined,
  );
  const closed = running.close().then(
    () => undefined,
    (error: Error) => `failed: ${error.message}`,
  );
  const problem = await Promise.race([closed, tooLong]);
  timer.abort();
  if (problem) log.error(`the shutdown ${problem}`);
  else log.info('stopped');
  return failure || problem ? 1 : 0;
}

function complain(line: string): void {
  process.stderr.write(`flowloom: ${line}\n`);
}
