import { ConfigError } from './error.ts';
import { nearest } from './nearest.ts';
import type { ConfigKey, ConfigOf, ConfigSection } from './section.ts';

export interface LoadOptions {
  /** Where the variables come from: `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Sections of services that do not run here: their keys are known, and not read. */
  readonly alsoKnown?: readonly ConfigSection[];
  /** What the command line sets, by section and key; stronger than the environment. */
  readonly overrides?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Parsed settings of several sections. */
export class LoadedConfig {
  readonly #values: ReadonlyMap<ConfigSection, unknown>;

  constructor(values: ReadonlyMap<ConfigSection, unknown>) {
    this.#values = values;
  }

  /** Throws for a section that was not loaded. */
  of<T extends ConfigSection>(section: T): ConfigOf<T> {
    if (!this.#values.has(section)) throw new Error(`the settings of ${section.name} were not loaded`);
    return this.#values.get(section) as ConfigOf<T>;
  }
}

/** Variables that belong to the repository's own scripts and tests. */
const reserved = ['FLOWLOOM_CACHE'];

/** What Kubernetes adds to a pod for each Service whose name begins with `flowloom` (service links). */
const serviceLink = /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

/**
 * Parses once, at start, before any socket opens. An empty variable counts as absent.
 * Throws a `ConfigError` with every bad value and every unknown `FLOWLOOM_` key.
 */
export function loadConfig(sections: readonly ConfigSection[], options: LoadOptions): LoadedConfig {
  const problems = unknownKeys(sections.concat(options.alsoKnown ?? []), options.env);
  const values = new Map<ConfigSection, unknown>();
  for (const section of sections) {
    const input: Record<string, unknown> = {};
    for (const key of section.keys) {
      const text = options.env[key.env]?.trim();
      if (text) input[key.key] = fromText(text, key);
    }
    Object.assign(input, options.overrides?.[section.name]);
    const result = section.schema.safeParse(input);
    if (result.success) values.set(section, Object.freeze(result.data));
    else for (const { path, message } of result.error.issues) problems.push(problem(section, path, message, input));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return new LoadedConfig(values);
}

function fromText(text: string, { kind }: ConfigKey): unknown {
  switch (kind.name) {
    case 'number':
      return /^[-+]?(\d[\d_]*)(\.\d+)?(e[-+]?\d+)?$/i.test(text) ? Number(text.replaceAll('_', '')) : text;
    case 'boolean':
      return { true: true, '1': true, yes: true, false: false, '0': false, no: false }[text.toLowerCase()] ?? text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean);
    default:
      return text;
  }
}

function problem(section: ConfigSection, path: readonly PropertyKey[], message: string, input: object): string {
  const key = section.keys.find(({ key }) => key === path[0]);
  if (!key) return `${section.name}.${path.join('.')}: ${message}`;
  const value = JSON.stringify((input as Record<string, unknown>)[key.key]);
  const wanted = key.kind.name === 'text' || key.kind.name === 'list' ? message : `expected ${key.kind.label}`;
  return `${key.env}: ${wanted}, got ${value}`;
}

function unknownKeys(sections: readonly ConfigSection[], env: LoadOptions['env']): string[] {
  const known = new Set(reserved.concat(sections.flatMap(({ keys }) => keys.map((key) => key.env))));
  return Object.keys(env)
    .filter((name) => name.startsWith('FLOWLOOM_') && !known.has(name) && !serviceLink.test(name))
    .map((name) => {
      const near = nearest(name, known);
      return `${name}: unknown setting${near ? `, did you mean ${near}?` : ''}`;
    });
}
