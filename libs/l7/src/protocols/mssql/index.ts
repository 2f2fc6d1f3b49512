import type { Protocol } from '../../protocol.ts';
import { MssqlConversation } from './conversation.ts';
import { detect } from './packet.ts';

/** Tabular Data Stream: SQL Server (TDS 7) and Sybase (TDS 5). */
export const mssql: Protocol = {
  name: 'mssql',
  transports: ['tcp'],
  ports: [1433],
  detect,
  create: (context) => new MssqlConversation(context),
};
