import { type SideTag, sideTags } from '@flowloom/records';
import type { Resource, Tags } from '../model/resource.ts';

/** The tags of a side, in the order of a tag set's values. */
export const tagNames = Object.keys(sideTags) as SideTag[];

/** All tags of one side of a row. Equal sets are one object, so that a batch writes each of them once. */
export class TagSet {
  readonly values: readonly string[];
  /** Number of each value among all values of that tag: equal texts have equal numbers, '' is 0. */
  readonly numbers: Uint32Array;
  /** Where the current batch keeps its codes: meaningful only while `batch` is that batch's number. */
  slot = 0;
  batch = 0;

  constructor(values: readonly string[], numbers: Uint32Array) {
    this.values = values;
    this.numbers = numbers;
  }
}

/** Makes each distinct set of tags once. */
export class TagSets {
  readonly #sets = new Map<string, TagSet>();
  readonly #numbers = tagNames.map(() => new Map<string, number>([['', 0]]));

  get size(): number {
    return this.#sets.size;
  }

  of(tags: Tags): TagSet {
    const values = tagNames.map((name) => tags[name] ?? '');
    const key = values.join('\0');
    let set = this.#sets.get(key);
    if (!set) {
      const numbers = Uint32Array.from(values, (value, tag) => this.#numberOf(value, this.#numbers[tag]));
      this.#sets.set(key, (set = new TagSet(values, numbers)));
    }
    return set;
  }

  #numberOf(value: string, numbers: Map<string, number>): number {
    let number = numbers.get(value);
    if (number === undefined) numbers.set(value, (number = numbers.size));
    return number;
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
