import { type SideTag, sideTags } from '@flowloom/records';
import type { Resource, Tags } from '../model/resource.ts';

/** The tags of a side, in the order of a tag set's values. */
export const tagNames = Object.keys(sideTags) as SideTag[];

/** All tags of one side of a row. Equal sets are one object, so that a batch writes each of them once. */
export class TagSet {
  readonly values: readonly string[];
  /** Where the current batch keeps its codes: meaningful only while `batch` is that batch's number. */
  slot = 0;
  batch = 0;

  constructor(values: readonly string[]) {
    this.values = values;
  }

  get(tag: SideTag): string {
    return this.values[tagNames.indexOf(tag)];
  }
}

/** Makes each distinct set of tags once. */
export class TagSets {
  readonly #sets = new Map<string, TagSet>();
  readonly empty = this.of({});

  get size(): number {
    return this.#sets.size;
  }

  of(tags: Tags): TagSet {
    const values = tagNames.map((name) => tags[name] ?? '');
    const key = values.join('\0');
    let set = this.#sets.get(key);
    if (!set) this.#sets.set(key, (set = new TagSet(values)));
    return set;
  }
}

/** A resource's own tags and what it is. */
export function tagsOf(resource: Resource): Tags {
  return { ...resource.tags, resource_type: resource.kind, resource_name: resource.name };
}

/** What all of several owners have in common: all that may be said of an address that could be any of theirs. */
export function commonTags(all: readonly Tags[]): Tags {
  const [first, ...others] = all;
  const entries = Object.entries(first ?? {}) as [SideTag, string][];
  return Object.fromEntries(entries.filter(([name, value]) => others.every((tags) => tags[name] === value)));
}
