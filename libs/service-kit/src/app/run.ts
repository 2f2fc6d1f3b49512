import { commonSections } from '../config/common.ts';
import { ConfigError } from '../config/error.ts';
import { type LoadOptions, loadConfig } from '../config/load.ts';
import { type BootstrapOptions, bootstrapServices, type RunningServices } from './bootstrap.ts';

export interface RunOptions extends Omit<BootstrapOptions, 'config' | 'signal'>, LoadOptions {
  /** Called when everything runs. */
  readonly onReady?: (running: RunningServices) => void;
}

const CONFIG_EXIT_CODE = 2;

/**
 * Parses the settings, runs the services until SIGTERM or SIGINT, closes them in order, and resolves to the exit code:
 * 0 after a signal, 1 after a failure or a shutdown that took too long, 2 for settings that cannot be used. A second
 * signal ends the process at once.
 */
export async function runServices(options: RunOptions): Promise<number> {
  const sections = [...commonSections, ...options.services.map((service) => service.config)];
  const config = parse(() => loadConfig(sections, options));
  if (!config) return CONFIG_EXIT_CODE;

  const stop = new AbortController();
  const signalled = listenForSignals(stop);
  let running: RunningServices;
  try {
    running = await bootstrapServices({ ...options, config, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) return 0;
    complain((error as Error).message);
    return 1;
  }
  running.log.info({ url: running.url }, `${options.services.map(({ name }) => name).join(', ')} running`);
  options.onReady?.(running);

  const failure = await Promise.race([signalled, running.failed]);
  if (failure) running.log.fatal({ err: failure }, `cannot go on: ${failure.message}`);
  const { shutdownTimeoutMs } = config.of(commonSections[0] as typeof import('../config/common.ts').processConfig);
  const closed = await inTime(running.close(), shutdownTimeoutMs);
  if (!closed) running.log.error(`the shutdown took more than ${shutdownTimeoutMs} ms`);
  else running.log.info('stopped');
  return failure || !closed ? 1 : 0;
}

function parse<T>(load: () => T): T | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) complain(problem);
    return undefined;
  }
}

function complain(line: string): void {
  process.stderr.write(`flowloom: ${line}\n`);
}

/** Resolves at the first signal, after aborting `stop`; the second one ends the process. */
function listenForSignals(stop: AbortController): Promise<undefined> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
      stop.abort();
      resolve(undefined);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}

async function inTime(work: Promise<void>, timeoutMs: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, timeoutMs, false);
  work.then(
    () => resolve(true),
    () => resolve(false),
  );
  return promise.finally(() => clearTimeout(timer));
}
