import { z } from 'zod';
import { readKind, type ValueKind } from './value-kind.ts';

type Shape = Readonly<Record<string, z.ZodType>>;

/** One group of settings: a service's own, or one that all share. Keys are camelCase with the unit at the end. */
export interface ConfigSection<S extends Shape = Shape> {
  /** `tagger`; the key of the section in `Overrides`. */
  readonly name: string;
  readonly doc: string;
  readonly schema: z.ZodObject<S>;
  readonly keys: readonly ConfigKey[];
}

/** One setting as an operator sees it. */
export interface ConfigKey {
  readonly key: string;
  /** The environment variable. */
  readonly env: string;
  readonly kind: ValueKind;
  readonly doc: string;
  readonly fallback: unknown;
}

/** The parsed values of a section. */
export type ConfigOf<T> = T extends ConfigSection<infer S> ? z.infer<z.ZodObject<S>> : never;

export interface SectionOptions<S extends Shape> {
  readonly name: string;
  readonly doc: string;
  /** Begins every variable: `FLOWLOOM_TAGGER_`. */
  readonly prefix: string;
  /** Variables that have a standard name of their own: `{ brokers: 'KAFKA_BROKERS' }`. */
  readonly env?: Partial<Record<keyof S & string, string>>;
  readonly keys: S;
}

/**
 * Declares a section: `defineConfig({ name: 'tagger', prefix: 'FLOWLOOM_TAGGER_', doc, keys: { cacheRows:
 * z.number().int().min(1).default(10_000).describe('...') } })`. A key is read from `prefix` + its name in upper snake
 * case. Throws for a key without a default or a description: the reference page and the error messages need both.
 */
export function defineConfig<const S extends Shape>(options: SectionOptions<S>): ConfigSection<S> {
  const keys = Object.entries(options.keys).map(([key, type]): ConfigKey => {
    const kind = readKind(type);
    const doc = type.description ?? kind.description;
    if (!kind.hasDefault || !doc) throw new Error(`config ${options.name}.${key} needs .default() and .describe()`);
    return { key, env: options.env?.[key] ?? options.prefix + upperSnake(key), kind, doc, fallback: kind.fallback };
  });
  return { name: options.name, doc: options.doc, schema: z.object(options.keys), keys };
}

function upperSnake(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
