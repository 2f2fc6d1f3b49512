import type { Call } from './call.ts';
import type { Unit } from './unit.ts';

/**
 * What threads write on a session of java.net.http. Each puts its own request into the session's queue, and who finds nobody at that
 * queue sends all that is in it and what comes meanwhile, one write for each request, mostly its own first. So a request is its writer's where
 * that writes no other one for the same task. Tasks are told apart by the objects for their results; who has none waits for its answer.
 */
export class TaskWrites {
  readonly #last = new WeakMap<Unit, { readonly result: number | undefined; readonly call: Call }>();

  /** The thread writes that request. Of it, and of the one before, nothing is known where it writes for others. */
  isWritten(call: Call, writer: Unit): void {
    const { result } = writer;
    const before = this.#last.get(writer);
    this.#last.set(writer, { result, call });
    if (before === undefined || (result === undefined ? before.call.isAnswered : before.result !== result)) return;
    if (!before.call.isAnswered) before.call.isOfAnyone();
    call.isOfAnyone();
  }
}
