import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { busConfig, redisConfig } from './common.ts';
import { ConfigError } from './error.ts';
import { loadConfig } from './load.ts';
import { defineConfig } from './section.ts';

const section = defineConfig({
  name: 'sample',
  doc: 'A sample.',
  prefix: 'FLOWLOOM_SAMPLE_',
  keys: {
    windowMs: z.number().int().min(1).max(60_000).default(1000).describe('A window, ms'),
    ratio: z.number().default(0.5).describe('A ratio'),
    strict: z.boolean().default(false).describe('A switch'),
    names: z.array(z.string()).default([]).describe('Some names'),
    mode: z.enum(['fast', 'safe']).default('safe').describe('A choice'),
  },
});

const problemsOf = (env: Record<string, string>, sections = [section]) => {
  try {
    loadConfig(sections, { env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('loadConfig', () => {
  test('gives every key its default', () => {
    const config = loadConfig([section], { env: {} }).of(section);
    expect(config).toEqual({ windowMs: 1000, ratio: 0.5, strict: false, names: [], mode: 'safe' });
  });

  test('reads numbers, switches, lists and choices from text', () => {
    const env = {
      FLOWLOOM_SAMPLE_WINDOW_MS: '30_000',
      FLOWLOOM_SAMPLE_RATIO: '2.5e-1',
      FLOWLOOM_SAMPLE_STRICT: 'TRUE',
      FLOWLOOM_SAMPLE_NAMES: 'a, b,,c',
      FLOWLOOM_SAMPLE_MODE: 'fast',
    };
    const config = loadConfig([section], { env }).of(section);
    expect(config).toEqual({ windowMs: 30_000, ratio: 0.25, strict: true, names: ['a', 'b', 'c'], mode: 'fast' });
  });

  test('takes an empty variable as absent', () => {
    expect(loadConfig([section], { env: { FLOWLOOM_SAMPLE_WINDOW_MS: ' ' } }).of(section).windowMs).toBe(1000);
  });

  test('lets the command line win over the environment', () => {
    const env = { FLOWLOOM_SAMPLE_MODE: 'fast' };
    const config = loadConfig([section], { env, overrides: { sample: { mode: 'safe' } } }).of(section);
    expect(config.mode).toBe('safe');
  });

  test('names the variable, what it takes and what it got, one line for each problem', () => {
    const env = { FLOWLOOM_SAMPLE_WINDOW_MS: '1s', FLOWLOOM_SAMPLE_MODE: 'slow', FLOWLOOM_SAMPLE_STRICT: 'maybe' };
    expect(problemsOf(env)).toEqual([
      'FLOWLOOM_SAMPLE_WINDOW_MS: expected integer, 1 to 60000, got "1s"',
      'FLOWLOOM_SAMPLE_STRICT: expected true or false, got "maybe"',
      'FLOWLOOM_SAMPLE_MODE: expected one of: fast, safe, got "slow"',
    ]);
  });

  test('names the nearest known key for an unknown one', () => {
    expect(problemsOf({ FLOWLOOM_SAMPLE_WINDOWS_MS: '5' })).toEqual([
      'FLOWLOOM_SAMPLE_WINDOWS_MS: unknown setting, did you mean FLOWLOOM_SAMPLE_WINDOW_MS?',
    ]);
    expect(problemsOf({ FLOWLOOM_XYZZY: '5' })).toEqual(['FLOWLOOM_XYZZY: unknown setting']);
  });

  test('knows the keys of services that do not run here', () => {
    const env = { FLOWLOOM_SAMPLE_WINDOW_MS: 'not read' };
    expect(() => loadConfig([busConfig], { env, alsoKnown: [section] })).not.toThrow();
  });

  test('passes over what Kubernetes adds for services named flowloom', () => {
    const env = {
      FLOWLOOM_TAGGER_SERVICE_HOST: '10.0.0.1',
      FLOWLOOM_TAGGER_SERVICE_PORT_METRICS: '9464',
      FLOWLOOM_TAGGER_PORT: 'tcp://10.0.0.1:9464',
      FLOWLOOM_TAGGER_PORT_9464_TCP_ADDR: '10.0.0.1',
    };
    expect(problemsOf(env)).toEqual([]);
  });

  test('says which list item is wrong', () => {
    expect(problemsOf({ KAFKA_BROKERS: 'broker' }, [busConfig as never])).toEqual([
      'KAFKA_BROKERS: expected host:port, got ["broker"]',
    ]);
    expect(problemsOf({ REDIS_URL: 'localhost:6379' }, [redisConfig as never])[0]).toContain(
      'REDIS_URL: expected redis://',
    );
  });
});

describe('defineConfig', () => {
  test('refuses a key without a default or without a description', () => {
    const define = (type: z.ZodType) => defineConfig({ name: 'x', doc: '', prefix: 'X_', keys: { a: type } });
    expect(() => define(z.string().default(''))).toThrow('needs .default() and .describe()');
    expect(() => define(z.string().describe('text'))).toThrow('needs .default() and .describe()');
  });
});
