/**
 * How the cause of an outgoing request is known: `link_rule` of its row.
 *
 * - `thread`: its thread had read that request, or an answer that belongs to it, and nothing else since;
 * - `loop_turn`: the same, in the same turn of an event loop;
 * - `socket_creation`: the first request on a connection that was made while that request had the turn;
 * - `task`: the same as `thread` for a goroutine, a virtual thread, a task of asyncio or tokio; `task_start`: for who started it;
 * - `task_handoff`: that task gave the request to the one that writes for the connection, the next one or that of a stream, or woke it;
 * - `queue`: what its thread took out of a queue was put in in that request's turn;
 * - `waiting_thread`: the nearest thread that can be reached from what its thread of Java, or virtual thread, holds is at that request;
 * - `reached_connection`: where no such thread can be reached, that request came on the nearest connection;
 * - `object`: what its thread of a pool of Java has taken up was made in that request's turn; of a program without a runtime, its thread
 *   held the address of what the one held who answered that request;
 * - `thread_start`: its thread was started in that request's turn, and ended with it, or no other request was open;
 * - `wake`: its thread slept, and was woken in that request's turn, and no other request was open;
 * - `wake_back`: with its answer, its thread woke at once the one that waited since before it, which then answered that request; or its
 *   task woke the one that works on that request, or gave it something;
 * - `answer`: who made it, or went on with its answer, then answered that request, or acknowledged that message;
 * - `response_order`: one read brought several messages, and as many of the same kinds followed in their order, or as much was made for each;
 * - `request_id`: the same X-Request-ID on both;
 * - `forwarded`: a proxy's loop that reads first and writes later: of all open requests that it has not passed on, only that
 *   one asked for the same, or has those header lines, or was given the answer to that call, or had that place in its turn;
 *   also of other programs whose calls nearly all ask for the same as one of their open requests.
 */
export type Rule =
  | 'thread'
  | 'loop_turn'
  | 'socket_creation'
  | 'task'
  | 'task_start'
  | 'task_handoff'
  | 'queue'
  | 'waiting_thread'
  | 'reached_connection'
  | 'object'
  | 'thread_start'
  | 'wake'
  | 'wake_back'
  | 'answer'
  | 'response_order'
  | 'request_id'
  | 'forwarded';

/** Who was woken may be overtaken by another thread, or have begun with something else: only its next steps tell. */
export const isWeak = (rule: Rule | ''): boolean => rule === 'wake' || rule === 'thread_start';

/** It is known who acts, whatever thread or connection serves it. */
export const isTask = (rule: Rule | ''): boolean => rule === 'task' || rule === 'task_start' || isReached(rule);

/** Objects lead there from what it works on. */
export const isReached = (rule: Rule | ''): boolean => rule === 'waiting_thread' || rule === 'reached_connection';

const reads: ReadonlySet<Rule | ''> = new Set(['thread', 'loop_turn', 'task', 'task_start']);
/** It works on what it has read itself, or was made for. */
export const isRead = (rule: Rule): boolean => reads.has(rule);

const given: ReadonlySet<Rule | ''> = new Set([
  'queue',
  'waiting_thread',
  'reached_connection',
  'object',
  'thread_start',
  'wake',
  'wake_back',
]);
/** Nobody else gave it to the unit: it works on that until it reads something else. */
export const isOwn = (rule: Rule): boolean => !given.has(rule);

const certain: ReadonlySet<Rule | ''> = new Set(['request_id', 'forwarded', 'waiting_thread', 'reached_connection']);
/** What it asks tells for whom it is, or objects that lead there: neither who answers nor when tells better. */
export const isCertain = (rule: Rule | ''): boolean => certain.has(rule);

const guessed: ReadonlySet<Rule | ''> = new Set([
  '',
  'loop_turn',
  'socket_creation',
  'thread_start',
  'wake',
  'wake_back',
]);
/** No better is known than whose turn it seemed to be. */
export const isByTurn = (rule: Rule | ''): boolean => guessed.has(rule);
