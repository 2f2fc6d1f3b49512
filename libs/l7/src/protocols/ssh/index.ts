import { startsWith } from '../../bytes/text.ts';
import { type Protocol, Verdict } from '../../protocol.ts';
import { SshConversation } from './conversation.ts';
import { isIdentification } from './identification.ts';

/** Which software speaks SSH with which (RFC 4253 4.2). */
export const ssh: Protocol = {
  name: 'ssh',
  transports: ['tcp'],
  ports: [22],
  detect: (bytes, start, end) => {
    if (isIdentification(bytes, start, end)) return Verdict.sure;
    return startsWith(bytes, start, end, 'SSH-2.0-'.slice(0, end - start)) ? Verdict.maybe : Verdict.no;
  },
  create: (context) => new SshConversation(context),
};
