/**
 * How the cause of an outgoing request is known: `link_rule` of its row.
 *
 * - `thread`: its thread had read that request, or an answer that belongs to it, and nothing else since;
 * - `loop_turn`: the same, in the same turn of an event loop;
 * - `socket_creation`: the first request on a connection that was made while that request had the turn;
 * - `goroutine`, `goroutine_start`: the same as `thread` for a goroutine, or for the one that started it;
 * - `goroutine_handoff`: that goroutine gave the request to the goroutine of the connection;
 * - `thread_start`: its thread was started in that request's turn;
 * - `wake`: its thread slept, and was woken in that request's turn;
 * - `wake_back`: its thread then woke the one that waits with that request;
 * - `answer`: who made it, or went on with its answer, then answered that request;
 * - `response_order`: one read brought several answers, and as many messages of the same kinds followed in their order;
 * - `request_id`: the same X-Request-ID on both.
 */
export type Rule =
  | 'thread'
  | 'loop_turn'
  | 'socket_creation'
  | 'goroutine'
  | 'goroutine_start'
  | 'goroutine_handoff'
  | 'thread_start'
  | 'wake'
  | 'wake_back'
  | 'answer'
  | 'response_order'
  | 'request_id';
