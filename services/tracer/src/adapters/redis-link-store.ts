import type { RedisClient } from '@flowloom/service-kit/redis';
import { defaultLinkStore, type Entry, type LinkStore, type LinkStoreOptions } from '../core/link-store.ts';

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

  async get(keys: readonly string[]): Promise<(string | undefined)[]> {
    const read = () => Promise.all(keys.map((key) => this.#client.get(this.#name(key))));
    const values = await this.#try('read', read);
    return values ? values.map((value) => value ?? undefined) : keys.map(() => undefined);
  }

  async set(entries: readonly Entry[]): Promise<void> {
    const { ttlMs } = this.#options;
    await this.#try('write', () =>
      Promise.all(entries.map(([key, value]) => this.#client.set(this.#name(key), value, 'PX', ttlMs))),
    );
  }

  async members(keys: readonly string[]): Promise<string[][]> {
    const read = () => Promise.all(keys.map((key) => this.#client.smembers(this.#name(key))));
    return (await this.#try('read', read)) ?? keys.map(() => []);
  }

  async add(entries: readonly Entry[]): Promise<void> {
    const { maxMembers, ttlMs } = this.#options;
    await this.#try('write', () =>
      Promise.all(
        entries.map(([key, member]) => this.#client.eval(addScript, 1, this.#name(key), member, maxMembers, ttlMs)),
      ),
    );
  }

  async close(): Promise<void> {}

  #name(key: string): string {
    return this.#options.keyPrefix + key;
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
