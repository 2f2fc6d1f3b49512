import { Batch, rawFlow, rawRequest, taggedFlow, taggedRequest } from '@flowloom/records';
import { ProcessTags } from './columns/process-tags.ts';
import { RowTagger, type TagCounts } from './columns/row-tagger.ts';
import { SideFinder } from './columns/side-finder.ts';
import type { ResourceIndex } from './model/resource-index.ts';

export type RawFlows = Batch<typeof rawFlow.fields>;
export type TaggedFlows = Batch<typeof taggedFlow.fields>;
export type RawRequests = Batch<typeof rawRequest.fields>;
export type TaggedRequests = Batch<typeof taggedRequest.fields>;

/** Says who the two sides of every row were when the row's first packet was seen. Raw batches stay the caller's. */
export class Tagger {
  /** Set while the resources cannot be kept up to date: rows then say `tag_state=stale`. */
  isStale = false;
  readonly counts: TagCounts = { rows: 0, ambiguous: 0, unknown: 0 };
  readonly #flows: RowTagger<typeof rawFlow.fields, typeof taggedFlow.fields>;
  readonly #requests: RowTagger<typeof rawRequest.fields, typeof taggedRequest.fields>;
  readonly #processes = new ProcessTags();

  constructor(index: ResourceIndex) {
    const finder = new SideFinder(index);
    this.#flows = new RowTagger(finder, rawFlow, taggedFlow, 'protocol');
    this.#requests = new RowTagger(finder, rawRequest, taggedRequest, 'transport');
  }

  /** Appends the rows to `into` and returns it. */
  tagFlows(raw: RawFlows, into: TaggedFlows = new Batch(taggedFlow, raw.length)): TaggedFlows {
    this.#flows.tag(raw, into, this.isStale, this.counts);
    return into;
  }

  /** Appends the rows to `into` and returns it. */
  tagRequests(raw: RawRequests, into: TaggedRequests = new Batch(taggedRequest, raw.length)): TaggedRequests {
    const first = into.length;
    this.#requests.tag(raw, into, this.isStale, this.counts);
    this.#processes.write(into as unknown as Batch, first);
    return into;
  }
}
