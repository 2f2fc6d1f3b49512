import type { Status } from '../../session/exchange.ts';

/** What a server says when it is its own state that it speaks of; everything else is about what the client did or failed to do. */
const ofServer =
  /\b(maximum (account (active )?)?connections|server shutdown|internal|jetstream not enabled|insufficient resources)\b/i;

/** Status of `-ERR '<text>'` (NATS client protocol, "+OK/ERR"). */
export const statusOfError = (text: string): Status => (ofServer.test(text) ? 'server_error' : 'client_error');
