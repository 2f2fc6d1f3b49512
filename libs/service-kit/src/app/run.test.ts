import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { ConfigError } from '../config/error.ts';
import { defineConfig } from '../config/section.ts';
import { type RunOptions, runServices } from './run.ts';
import { defineService, type ServiceContext } from './service.ts';

const config = defineConfig({
  name: 'sample',
  doc: 'A sample.',
  prefix: 'FLOWLOOM_SAMPLE_',
  keys: { rows: z.number().int().default(1).describe('Rows') },
});
const quiet = { FLOWLOOM_HTTP_PORT: '0', FLOWLOOM_HTTP_HOST: '127.0.0.1', FLOWLOOM_LOG_LEVEL: 'silent' };

/** A service whose module does `onClose` at the shutdown. */
const sample = (
  onClose: () => Promise<void> | void = () => {},
  onContext: (context: ServiceContext<never>) => void = () => {},
) =>
  defineService({
    name: 'sample',
    config,
    create: (context) => {
      onContext(context as ServiceContext<never>);
      class Closing {
        onApplicationShutdown() {
          return onClose();
        }
      }
      class SampleModule {}
      return { module: { module: SampleModule, providers: [Closing] } };
    },
  });

const run = (options: Partial<RunOptions>) => runServices({ services: [sample()], env: quiet, ...options });

afterEach(() => vi.restoreAllMocks());

test('ends with 0 after a signal, when everything is closed', async () => {
  let closed = false;
  const services = [sample(() => void (closed = true))];
  const code = await run({ services, onReady: () => void process.emit('SIGTERM') });
  expect([code, closed]).toEqual([0, true]);
});

test('ends with 1 after a failure, in order too', async () => {
  let closed = false;
  const onContext = (context: ServiceContext<never>) => context.fail(new Error('fenced'));
  expect(await run({ services: [sample(() => void (closed = true), onContext)] })).toBe(1);
  expect(closed).toBe(true);
});

test('ends with 1 when something cannot be closed', async () => {
  const beforeClose = () => Promise.reject(new Error('not drained'));
  expect(await run({ beforeClose, onReady: () => void process.emit('SIGTERM') })).toBe(1);
});

test('ends with 1 when the shutdown takes too long', async () => {
  const services = [sample(() => new Promise(() => {}))];
  const env = { ...quiet, FLOWLOOM_SHUTDOWN_TIMEOUT_MS: '100' };
  expect(await run({ services, env, onReady: () => void process.emit('SIGINT') })).toBe(1);
});

test('ends with 2 for settings that cannot be used, a line for each, before anything is opened', async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const openBus = vi.fn();
  const env = { ...quiet, FLOWLOOM_SAMPLE_ROWS: 'many', FLOWLOOM_SAMPLE_ROW: '1' };
  expect(await run({ env, openBus })).toBe(2);
  expect(said).toEqual([
    'flowloom: FLOWLOOM_SAMPLE_ROW: unknown setting, did you mean FLOWLOOM_SAMPLE_ROWS?\n',
    'flowloom: FLOWLOOM_SAMPLE_ROWS: expected integer, got "many"\n',
  ]);
  expect(openBus).not.toHaveBeenCalled();
});

test('ends with 2 for settings that only the service can judge', async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const onContext = () => {
    throw new ConfigError(['FLOWLOOM_SAMPLE_FILE: cannot be read']);
  };
  expect(await run({ services: [sample(undefined, onContext)] })).toBe(2);
  expect(said).toEqual(['flowloom: FLOWLOOM_SAMPLE_FILE: cannot be read\n']);
});

test('says in one line what kept a service from starting, and ends with 1', async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const broken = defineService({
    name: 'sample',
    config,
    create: () => Promise.reject(new Error('no such interface: eth9')),
  });
  expect(await run({ services: [broken] })).toBe(1);
  expect(said).toEqual(['flowloom: no such interface: eth9\n']);
});
