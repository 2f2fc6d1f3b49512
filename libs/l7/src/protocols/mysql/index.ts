import type { Protocol } from '../../protocol.ts';
import { MysqlConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** MySQL client/server protocol, plain and compressed; also spoken by MariaDB, TiDB, OceanBase, ProxySQL. */
export const mysql: Protocol = {
  name: 'mysql',
  transports: ['tcp'],
  ports: [3306],
  detect,
  create: (context) => new MysqlConversation(context),
};
