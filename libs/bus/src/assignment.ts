import type { AssignedPartition, CommitRequest, Committed } from './port.ts';

/** How an adapter carries out what a handler asks of its partition. */
export interface AssignmentActions {
  commit(assignment: Assignment, request: CommitRequest): Promise<void>;
  pause(assignment: Assignment): void;
  resume(assignment: Assignment): void;
  seek(assignment: Assignment, offset: number): void;
}

/** A partition that a member of a group holds. */
export class Assignment implements AssignedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly groupId: string;
  committed: Committed | undefined;
  readonly #actions: AssignmentActions;
  readonly #lost = new AbortController();

  constructor(
    place: { groupId: string; topic: string; partition: number },
    committed: Committed | undefined,
    actions: AssignmentActions,
  ) {
    this.groupId = place.groupId;
    this.topic = place.topic;
    this.partition = place.partition;
    this.committed = committed;
    this.#actions = actions;
  }

  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Tells whoever works on the partition to stop. */
  lose(): void {
    this.#lost.abort();
  }

  async commit(request: CommitRequest): Promise<void> {
    await this.#actions.commit(this, request);
    this.committed = { offset: request.offset, metadata: request.metadata ?? '' };
  }

  pause(): void {
    this.#actions.pause(this);
  }

  resume(): void {
    this.#actions.resume(this);
  }

  seek(offset: number): void {
    this.#actions.seek(this, offset);
  }
}
