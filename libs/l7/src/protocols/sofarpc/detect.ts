import { startsWith } from '../../bytes/text.ts';
import { Verdict } from '../../protocol.ts';
import { BoltCommand, CommandCode } from './command.ts';

const command = new BoltCommand();
/** Class names begin so, whatever the user's own are called. */
const PACKAGES = ['com.', 'org.', 'cn.', 'io.', 'net.', 'java.'];

/** A head whose fields fit each other, and the name of a class behind it. */
export function detect(bytes: Uint8Array, start: number, end: number): Verdict {
  if (bytes[start] !== 1 && bytes[start] !== 2) return Verdict.no;
  if (end - start < 3) return Verdict.maybe;
  const headBytes = BoltCommand.headBytes(bytes, start);
  if (headBytes === 0) return Verdict.no;
  if (end - start < headBytes) return Verdict.no;
  if (!command.read(bytes, start)) return Verdict.no;
  if (command.code === CommandCode.heartbeat)
    return command.totalBytes === headBytes && command.status === 0 && end - start === headBytes
      ? Verdict.maybe
      : Verdict.no;
  if (command.classBytes < 4) return Verdict.no;
  const isClass = PACKAGES.some((prefix) => startsWith(bytes, command.classAt, end, prefix));
  return isClass ? Verdict.sure : Verdict.no;
}
