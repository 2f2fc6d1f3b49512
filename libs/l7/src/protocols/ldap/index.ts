import type { Protocol } from '../../protocol.ts';
import { LdapConversation } from './conversation.ts';
import { detect } from './message.ts';

/** LDAP version 3 (RFC 4511), up to StartTLS. */
export const ldap: Protocol = {
  name: 'ldap',
  transports: ['tcp'],
  ports: [389, 3268],
  detect,
  create: (context) => new LdapConversation(context),
};
