import { Batch, rawFlow, rawRequest, taggedFlow, taggedRequest } from '@flowloom/records';
import { AgentClocks } from './columns/agent-clocks.ts';
import { ProcessTags } from './columns/process-tags.ts';
import { RowTagger, type RowTaggerOptions, type TagCounts } from './columns/row-tagger.ts';
import { SideFinder } from './columns/side-finder.ts';
import { UnknownAddresses } from './columns/unknown-addresses.ts';
import type { ResourceIndex } from './model/resource-index.ts';
import { Knowledge } from './sync/knowledge.ts';

export type RawFlows = Batch<typeof rawFlow.fields>;
export type TaggedFlows = Batch<typeof taggedFlow.fields>;
export type RawRequests = Batch<typeof rawRequest.fields>;
export type TaggedRequests = Batch<typeof taggedRequest.fields>;

/** Says who the two sides of every row were when the row's first packet was seen. Raw batches stay the caller's. */
export class Tagger {
  readonly counts: TagCounts = { rows: 0, ambiguous: 0, unknown: 0, stale: 0 };
  /** How far the resources are known: later rows say `tag_state=stale`. */
  readonly knowledge: Knowledge;
  readonly clocks = new AgentClocks();
  /** Addresses of the last batch that nobody is known to have had, and that may still become known. */
  readonly unknown = new UnknownAddresses();
  readonly #index: ResourceIndex;
  readonly #flows: RowTagger<typeof rawFlow.fields, typeof taggedFlow.fields>;
  readonly #requests: RowTagger<typeof rawRequest.fields, typeof taggedRequest.fields>;
  readonly #processes = new ProcessTags();

  constructor(index: ResourceIndex, knowledge = new Knowledge()) {
    this.#index = index;
    this.knowledge = knowledge;
    const finder = new SideFinder(index);
    this.#flows = new RowTagger(finder, rawFlow, taggedFlow, 'protocol');
    this.#requests = new RowTagger(finder, rawRequest, taggedRequest, 'transport');
  }

  /** Appends the rows to `into` and returns it. Unknown sides of rows after `recentUs` are noted in `unknown`. */
  tagFlows(
    raw: RawFlows,
    into: TaggedFlows = new Batch(taggedFlow, raw.length),
    recentUs = Number.POSITIVE_INFINITY,
  ): TaggedFlows {
    this.#flows.tag(raw, into, this.#options(recentUs), this.counts);
    return into;
  }

  /** The same of requests. */
  tagRequests(
    raw: RawRequests,
    into: TaggedRequests = new Batch(taggedRequest, raw.length),
    recentUs = Number.POSITIVE_INFINITY,
  ): TaggedRequests {
    const first = into.length;
    this.#requests.tag(raw, into, this.#options(recentUs), this.counts);
    this.#processes.write(into as unknown as Batch, first);
    return into;
  }

  /** Changes whenever the resources do: rows that are tagged again may come out otherwise. */
  get version(): number {
    return this.#index.version;
  }

  #options(recentUs: number): RowTaggerOptions {
    this.unknown.begin();
    return {
      knowledge: this.knowledge,
      recentUs,
      clocks: this.clocks,
      onUnknown: (words, row) => this.unknown.add(words, row),
    };
  }
}
