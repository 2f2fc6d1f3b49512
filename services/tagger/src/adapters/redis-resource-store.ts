import type { RedisClient } from '@flowloom/service-kit/redis';
import type { Resource } from '../core/model/resource.ts';
import type { Coverage } from '../core/sync/knowledge.ts';
import {
  type Epoch,
  FencedError,
  GapError,
  type Progress,
  type ResourceChange,
  type ResourceStore,
  type Snapshot,
} from '../core/sync/resource-store.ts';

const blockMs = 1000;
const readCount = 1000;
const writeCount = 500;
const keptChanges = 100_000;

/**
 * One change after another, all or none of the call. KEYS: documents, changes, version, epoch of the source. ARGV: epoch, how many
 * changes are kept, then id and document of each; an empty document forgets the resource.
 */
const writeScript = `
${fence('KEYS[4]')}
local version = tonumber(redis.call('GET', KEYS[3]) or '0')
for i = 3, #ARGV, 2 do
  version = redis.call('INCR', KEYS[3])
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i])
  else redis.call('HSET', KEYS[1], ARGV[i], version .. ' ' .. ARGV[i + 1]) end
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], version .. '-0', 'id', ARGV[i], 'resource', ARGV[i + 1])
end
return version`;

/** KEYS: epoch of the source, marks, version. ARGV: epoch, source, coverage, version that the writer has seen. */
const markScript = `
${fence('KEYS[1]')}
local version = redis.call('GET', KEYS[3]) or '0'
if tonumber(version) < tonumber(ARGV[4]) then return redis.error_reply('RESET') end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 200, '*', 'source', ARGV[2], 'coverage', ARGV[3], 'version', version)`;

/** A later epoch than the store knows is that of a writer who has outlived what the store had. */
function fence(key: string): string {
  return `local latest = tonumber(redis.call('GET', ${key}) or '0')
if tonumber(ARGV[1]) < latest then return redis.error_reply('FENCED') end
if tonumber(ARGV[1]) > latest then redis.call('SET', ${key}, ARGV[1]) end`;
}

/**
 * Resources in Redis 5 or later: a hash of documents, each with its version in front, and a stream of changes whose
 * entry ids are the versions, so that a reader sees a gap; and a short stream of marks that say how far the sources have been read. All keys share one hash tag: one slot of a Redis Cluster.
 */
export class RedisResourceStore implements ResourceStore {
  readonly #client: RedisClient;
  readonly #keys: {
    readonly documents: string;
    readonly changes: string;
    readonly version: string;
    readonly epoch: string;
    readonly marks: string;
  };

  /** The client is the caller's, who closes it after the store. */
  constructor(client: RedisClient, keyPrefix: string) {
    this.#client = client;
    const key = (name: string) => `{${keyPrefix}resources}:${name}`;
    this.#keys = {
      documents: key('documents'),
      changes: key('changes'),
      version: key('version'),
      epoch: key('epoch'),
      marks: key('marks'),
    };
  }

  async load(): Promise<Snapshot> {
    // The version is read first: what is written meanwhile comes once more as a change.
    const version = Number((await this.#client.get(this.#keys.version)) ?? 0);
    const changes: ResourceChange[] = [];
    let cursor = '0';
    do {
      const [next, fields] = await this.#client.hscan(this.#keys.documents, cursor, 'COUNT', readCount);
      cursor = next;
      for (let i = 0; i < fields.length; i += 2) {
        const [documentVersion, document] = splitOnce(fields[i + 1]);
        changes.push({ version: Number(documentVersion), id: fields[i], resource: JSON.parse(document) as Resource });
      }
    } while (cursor !== '0');
    const marks = new Marks();
    for (const entry of await this.#client.xrange(this.#keys.marks, '-', '+')) marks.add(entry);
    return { version, changes, coverage: marks.reached(Number.POSITIVE_INFINITY) };
  }

  async *changes(after: number, signal: AbortSignal): AsyncGenerator<Progress> {
    // A blocking read holds up its connection, so it has one of its own.
    const client = this.#client.duplicate();
    client.on('error', () => {});
    try {
      await connected(client, signal);
      const marks = new Marks();
      for (let last = after; !signal.aborted; ) {
        const news = await this.#read(client, last, marks);
        if (news === undefined) await this.#checkVersion(client, last);
        if (marks.version < last) throw new GapError(`the store is at version ${marks.version}, before ${last}`);
        for (const change of news ?? []) {
          if (change.version !== ++last) throw new GapError(`change ${last} is missing, ${change.version} follows`);
        }
        yield { changes: news ?? [], coverage: marks.reached(last) };
      }
    } finally {
      client.disconnect();
    }
  }

  async acquire(source: string): Promise<Epoch> {
    return { source, number: await this.#client.incr(`${this.#keys.epoch}:${source}`) };
  }

  async write({ source, number }: Epoch, changes: readonly Omit<ResourceChange, 'version'>[]): Promise<number> {
    const { documents, changes: stream, version, epoch: epochKey } = this.#keys;
    let last = 0;
    for (let i = 0; i < changes.length || i === 0; i += writeCount) {
      const some = changes.slice(i, i + writeCount);
      const texts = some.flatMap(({ id, resource }) => [id, resource ? JSON.stringify(resource) : '']);
      const keys = [documents, stream, version, `${epochKey}:${source}`];
      last = Number(await this.#client.eval(writeScript, 4, ...keys, number, keptChanges, ...texts).catch(explain));
    }
    return last;
  }

  async mark({ source, number }: Epoch, coverage: Coverage, version: number): Promise<void> {
    const { epoch, marks, version: versionKey } = this.#keys;
    const keys = [`${epoch}:${source}`, marks, versionKey];
    await this.#client.eval(markScript, 3, ...keys, number, source, JSON.stringify(coverage), version).catch(explain);
  }

  async close(): Promise<void> {}

  /** The next changes, and marks; undefined where nothing came. */
  async #read(client: RedisClient, last: number, marks: Marks): Promise<ResourceChange[] | undefined> {
    const { changes, marks: markStream } = this.#keys;
    const from = ['STREAMS', changes, markStream, `${last}-0`, marks.lastId] as const;
    const answer = await client.xread('COUNT', readCount, 'BLOCK', blockMs, ...from);
    if (!answer) return undefined;
    const entriesOf = (stream: string) => answer.find(([name]) => name === stream)?.[1] ?? [];
    for (const entry of entriesOf(markStream)) marks.add(entry);
    return entriesOf(changes).map(([entryId, [, id, , document]]) => ({
      version: Number.parseInt(entryId, 10),
      id,
      resource: document ? (JSON.parse(document) as Resource) : undefined,
    }));
  }

  /** A store that was emptied counts from the beginning again: its changes would never come. */
  async #checkVersion(client: RedisClient, last: number): Promise<void> {
    const version = Number((await client.get(this.#keys.version)) ?? 0);
    if (version < last) throw new GapError(`the store is at version ${version}, before ${last}: it has begun anew`);
  }
}

/** Marks count once the changes that they speak of have been read. */
class Marks {
  lastId = '0-0';
  /** Version of the store at the last mark: one that was emptied counts from the beginning again. */
  version = Number.POSITIVE_INFINITY;
  readonly #reached = new Map<string, Coverage>();
  #waiting: { readonly source: string; readonly coverage: Coverage; readonly version: number }[] = [];

  add([id, [, source, , coverage, , version]]: [string, string[]]): void {
    this.lastId = id;
    this.#waiting.push({ source, coverage: JSON.parse(coverage) as Coverage, version: Number(version) });
    this.version = Number(version);
  }

  reached(version: number): ReadonlyMap<string, Coverage> {
    for (const mark of this.#waiting) if (mark.version <= version) this.#reached.set(mark.source, mark.coverage);
    this.#waiting = this.#waiting.filter((mark) => mark.version > version);
    return this.#reached;
  }
}

function splitOnce(text: string): [string, string] {
  const space = text.indexOf(' ');
  return [text.slice(0, space), text.slice(space + 1)];
}

function explain(error: Error): never {
  if (error.message.includes('RESET')) throw new GapError('the store has lost what it had');
  throw error.message.includes('FENCED') ? new FencedError('another writer has taken over') : error;
}

/** The first connection of a duplicate: commands fail until it is ready. */
async function connected(client: RedisClient, signal: AbortSignal): Promise<void> {
  if (client.status === 'ready') return;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('ready', resolve);
  client.once('error', reject);
  client.once('close', () => reject(new Error('Redis closed the connection')));
  signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  await promise;
}
