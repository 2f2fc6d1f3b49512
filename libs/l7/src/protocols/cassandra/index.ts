import type { Protocol } from '../../protocol.ts';
import { CassandraConversation } from './conversation.ts';
import { detect } from './frame.ts';

/** CQL native protocol 1 to 5; also spoken by ScyllaDB. */
export const cassandra: Protocol = {
  name: 'cassandra',
  transports: ['tcp'],
  ports: [9042],
  detect,
  create: (context) => new CassandraConversation(context),
};
