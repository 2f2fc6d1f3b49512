import { type SideTag, sideTags, WordTable } from '@flowloom/records';
import type { Resource, Tags } from '../model/resource.ts';

/** The tags of a side, in the order of a tag set's numbers. The process is not a resource's: the row says it itself. */
export const tagNames = (Object.keys(sideTags) as SideTag[]).filter((name) => name !== 'process');

/**
 * Numbers every distinct set of tags, and in it every distinct text of each tag: equal sets have equal numbers, so that a
 * batch writes each of them once. All numbers lie in one array, a set's own beside each other.
 */
export class TagSets {
  readonly #table = new WordTable(tagNames.length);
  readonly #numbers = tagNames.map(() => new Map<string, number>([['', 0]]));
  /** Texts by tag and number; number 0 is '', which means absent. */
  readonly texts: readonly string[][] = tagNames.map(() => ['']);

  get size(): number {
    return this.#table.length;
  }

  /** Numbers of the texts of set n, from n times the count of tags on. */
  get words(): Uint32Array {
    return this.#table.keys;
  }

  /** Number of this set of tags. */
  of(tags: Tags): number {
    for (const [tag, name] of tagNames.entries()) this.#table.key[tag] = this.#numberOf(tag, tags[name] ?? '');
    return this.#table.add();
  }

  /** The tags of a set. */
  tags(set: number): Tags {
    const first = set * tagNames.length;
    return Object.fromEntries(tagNames.map((name, tag) => [name, this.texts[tag][this.words[first + tag]]]));
  }

  #numberOf(tag: number, text: string): number {
    let number = this.#numbers[tag].get(text);
    if (number === undefined) {
      number = this.texts[tag].push(text) - 1;
      this.#numbers[tag].set(text, number);
    }
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
