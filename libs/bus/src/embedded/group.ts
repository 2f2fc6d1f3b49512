import type { Committed, PartitionCommit } from '../port.ts';

/** What a group asks of its members. */
export interface GroupMember {
  readonly topics: readonly string[];
  /** Gives up what is not in the list, then takes what is new in it. */
  revoke(keep: readonly Place[]): Promise<void>;
  assign(places: readonly Place[]): Promise<void>;
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

/** A consumer group: who is in it, who holds what, and what was committed. */
export class Group {
  readonly id: string;
  readonly #members: GroupMember[] = [];
  readonly #commits = new Map<string, Map<number, Committed>>();
  readonly #partitions: (topic: string) => number;
  #rebalancing: Promise<void> = Promise.resolve();

  /** @param partitions How many partitions a topic has. */
  constructor(id: string, partitions: (topic: string) => number) {
    this.id = id;
    this.#partitions = partitions;
  }

  join(member: GroupMember): Promise<void> {
    this.#members.push(member);
    return this.#rebalance();
  }

  leave(member: GroupMember): Promise<void> {
    const index = this.#members.indexOf(member);
    if (index >= 0) this.#members.splice(index, 1);
    return this.#rebalance();
  }

  committed(topic: string): Map<number, Committed> {
    return new Map(this.#commits.get(topic));
  }

  commit({ topic, partition, offset, metadata }: PartitionCommit): void {
    let commits = this.#commits.get(topic);
    if (!commits) this.#commits.set(topic, (commits = new Map()));
    commits.set(partition, { offset, metadata });
  }

  /** One rebalance after another: everybody gives up first, so no partition ever has two holders. */
  #rebalance(): Promise<void> {
    this.#rebalancing = this.#rebalancing.then(async () => {
      const shares = this.#shares();
      const members = [...shares.keys()];
      await Promise.all(members.map((member) => member.revoke(shares.get(member)!)));
      await Promise.all(members.map((member) => member.assign(shares.get(member)!)));
    });
    return this.#rebalancing;
  }

  /** Partitions dealt out in turn, per topic, among the members that asked for the topic. */
  #shares(): Map<GroupMember, Place[]> {
    const shares = new Map<GroupMember, Place[]>(this.#members.map((member) => [member, []]));
    const topics = new Set(this.#members.flatMap((member) => member.topics));
    for (const topic of topics) {
      const members = this.#members.filter((member) => member.topics.includes(topic));
      for (let partition = 0; partition < this.#partitions(topic); partition++) {
        shares.get(members[partition % members.length])!.push({ topic, partition });
      }
    }
    return shares;
  }
}
