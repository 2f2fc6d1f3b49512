import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { fieldsOf } from '../../core/kubernetes/objects.ts';
import { JsonTexts } from '../../core/ovn/json-texts.ts';
import { parseOvsdbAddress } from '../../core/ovn/ovsdb-address.ts';

export interface OvsdbOptions {
  /** For `ssl:`. */
  readonly tls: Pick<ConnectionOptions, 'ca' | 'cert' | 'key'>;
  /** Of one JSON text. */
  readonly maxTextBytes: number;
  /** After this much silence it is asked whether the server is there; after twice as much it is not. */
  readonly idleMs: number;
}

export interface Monitoring {
  readonly database: string;
  readonly tables: Readonly<Record<string, { readonly columns: readonly string[] }>>;
  /** All rows, once; then changes: table-updates of RFC 7047 4.1.6. */
  all(updates: unknown): void;
  update(updates: unknown): void;
}

const connectMs = 5000;

/** Follows tables of an OVSDB server (RFC 7047 4.1.5); ends with the signal. Throws when the connection fails or ends. */
export async function monitor(
  address: string,
  { database, tables, all, update }: Monitoring,
  { tls, maxTextBytes, idleMs }: OvsdbOptions,
  signal: AbortSignal,
): Promise<void> {
  const socket = await open(address, tls, signal);
  socket.on('error', () => {}); // it is told by `ended`
  const texts = new JsonTexts(maxTextBytes);
  const send = (message: object) => socket.write(JSON.stringify(message));
  const ended = once(socket, 'close', { signal });
  let silences = 0;
  const timer = setInterval(() => {
    if (++silences > 2) socket.destroy(new Error('it does not answer'));
    else if (silences > 1) send({ method: 'echo', params: [], id: 'echo' });
  }, idleMs);
  const take = (message: Record<string, unknown>): void => {
    if (message.method === 'echo') send({ result: message.params, error: null, id: message.id });
    else if (message.method === 'update') update((message.params as unknown[])?.[1]);
    else if (message.id === 'monitor') {
      if (message.error) throw new Error(`it cannot be monitored: ${JSON.stringify(message.error)}`);
      all(message.result);
    }
  };
  socket.on('data', (bytes: Buffer) => {
    silences = 0;
    try {
      for (const text of texts.add(bytes)) take(fieldsOf(JSON.parse(text)));
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  send({ method: 'monitor', params: [database, 'flowloom', tables], id: 'monitor' });
  try {
    await ended;
    throw new Error('the connection was closed');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
}

async function open(address: string, tls: OvsdbOptions['tls'], signal: AbortSignal): Promise<Socket> {
  const { isTls, ...where } = parseOvsdbAddress(address);
  // As in OVN's own clients the authority is what is believed: its certificates bear no names of hosts.
  const socket = isTls ? connectTls({ ...where, ...tls, checkServerIdentity: () => undefined }) : connect(where);
  const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${connectMs} ms`)), connectMs);
  try {
    await once(socket, isTls ? 'secureConnect' : 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
