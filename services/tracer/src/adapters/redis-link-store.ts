import type { RedisClient } from '@flowloom/service-kit/redis';
import { defaultLinkStore, type LinkStore, type LinkStoreOptions, noMembers } from '../core/link-store.ts';
import type { Entries, Texts } from '../core/texts.ts';

export interface RedisLinkStoreOptions extends LinkStoreOptions {
  readonly keyPrefix: string;
  /** Redis did not answer: what was asked is unknown, what was to be kept is not kept. */
  readonly onFailure: (error: Error, operation: 'read' | 'write') => void;
}

/** Adds a member while there is room, and keeps the set for the time to live from now. */
const addScript = `
if redis.call('SCARD', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SADD', KEYS[1], ARGV[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

/**
 * Links in Redis or a Redis Cluster: one string per request or exchange, one set per token. Every command has one key, so
 * that a Cluster may spread them; commands of one call go out together.
 */
export class RedisLinkStore implements LinkStore {
  readonly #client: RedisClient;
  readonly #options: RedisLinkStoreOptions;

  /** The client stays open: it belongs to the caller. */
  constructor(client: RedisClient, options: Partial<RedisLinkStoreOptions> & Pick<RedisLinkStoreOptions, 'onFailure'>) {
    this.#client = client;
    this.#options = { ...defaultLinkStore, keyPrefix: '', ...options };
  }

  async get(keys: Texts): Promise<(string | undefined)[]> {
    const values = await this.#read(keys, (name) => this.#client.get(name));
    return values.map((value) => value ?? undefined);
  }

  async set({ keys, values }: Entries): Promise<void> {
    const { ttlMs } = this.#options;
    await this.#write(keys, (name, n) => this.#client.set(name, values.get(n), 'PX', ttlMs));
  }

  async members(keys: Texts): Promise<(readonly string[])[]> {
    const members = await this.#read(keys, (name) => this.#client.smembers(name));
    return members.map((list) => list ?? noMembers);
  }

  async add({ keys, values }: Entries): Promise<void> {
    const { maxMembers, ttlMs } = this.#options;
    await this.#write(keys, (name, n) => this.#client.eval(addScript, 1, name, values.get(n), maxMembers, ttlMs));
  }

  async close(): Promise<void> {}

  /** What the command says of each key; one that comes several times is asked for once. */
  async #read<T>(keys: Texts, command: (name: string) => Promise<T>): Promise<(T | undefined)[]> {
    const names = namesOf(keys, this.#options.keyPrefix);
    const wanted = [...new Set(names)];
    const read = await this.#try('read', () => Promise.all(wanted.map(command)));
    if (read === undefined) return names.map(() => undefined);
    const byName = new Map(wanted.map((name, n) => [name, read[n]]));
    return names.map((name) => byName.get(name));
  }

  async #write(keys: Texts, command: (name: string, n: number) => Promise<unknown>): Promise<void> {
    await this.#try('write', () => Promise.all(namesOf(keys, this.#options.keyPrefix).map(command)));
  }

  async #try<T>(operation: 'read' | 'write', work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.#options.onFailure(error as Error, operation);
      return undefined;
    }
  }
}

function namesOf(keys: Texts, prefix: string): string[] {
  return Array.from({ length: keys.length }, (_, n) => prefix + keys.get(n));
}
