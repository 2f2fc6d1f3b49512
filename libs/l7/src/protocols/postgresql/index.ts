import type { Protocol } from '../../protocol.ts';
import { PostgresqlConversation } from './conversation.ts';
import { detect } from './message.ts';

/** PostgreSQL frontend/backend protocol 3; also spoken by CockroachDB, Redshift, openGauss and others. */
export const postgresql: Protocol = {
  name: 'postgresql',
  transports: ['tcp'],
  ports: [5432],
  detect,
  create: (context) => new PostgresqlConversation(context),
};
