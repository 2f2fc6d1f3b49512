import type { Status } from '../../session/exchange.ts';
import type { ValueReader } from './value-reader.ts';

/** How something ended. */
export interface Outcome {
  code: string;
  status: Status;
  exception: string;
}

/** Delivery states (part 3, section 3.4). */
const ACCEPTED = 0x24;
const REJECTED = 0x25;
const RELEASED = 0x26;
const MODIFIED = 0x27;
/** Of a delivery in a transaction: its outcome is inside (part 4, section 4.5.8). */
const TRANSACTIONAL = 0x34;
const ERROR = 0x1d;

/** Conditions that speak of the broker itself (part 2, section 2.8.15); all others blame the client. */
const serverErrors = new Set(['amqp:internal-error', 'amqp:not-implemented', 'amqp:resource-limit-exceeded']);

/**
 * Reads a delivery state. A message that is released or modified was not taken by anyone, as one that RabbitMQ cannot route.
 * States that are no outcome leave it as it is.
 */
export function readOutcome(reader: ValueReader, outcome: Outcome): void {
  let code = reader.descriptor();
  let fields = reader.list();
  if (code === TRANSACTIONAL && fields > 1) {
    reader.skip();
    code = reader.descriptor();
    fields = reader.list();
  }
  if (code === ACCEPTED) set(outcome, 'accepted', 'ok');
  else if (code === RELEASED) set(outcome, 'released', 'client_error');
  else if (code === MODIFIED) set(outcome, 'modified', 'client_error');
  else if (code === REJECTED) {
    set(outcome, 'rejected', 'client_error');
    if (fields > 0) describeCondition(reader, outcome);
  }
}

/** Reads an error: condition and description (section 2.8.14). */
export function describeCondition(reader: ValueReader, outcome: Outcome): void {
  if (reader.descriptor() !== ERROR || reader.list() < 1) return;
  const condition = reader.text(64);
  if (condition === '') return;
  set(outcome, condition, serverErrors.has(condition) ? 'server_error' : 'client_error');
  outcome.exception = reader.cursor.left > 0 ? reader.text() : '';
}

function set(outcome: Outcome, code: string, status: Status): void {
  outcome.code = code;
  outcome.status = status;
}
