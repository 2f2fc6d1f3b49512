import { connect, createServer } from 'node:http2';
import { type Duplex, duplexPair } from 'node:stream';
import type { Answered } from './tcp-talk.ts';

const path = (n: number) => `/api/v1/users/${n}?page=2`;

/**
 * What a client and a server of HTTP/2 (nghttp2, as Node has it) send each other for so many requests in one connection, one after
 * the other. The first exchange begins with the preface and the settings of both.
 */
export async function http2Exchanges(requests: number): Promise<Answered[]> {
  const [clientEnd, serverEnd] = duplexPair();
  const sent: [Buffer[], Buffer[]] = [[], []];
  tap(clientEnd, sent[0]);
  tap(serverEnd, sent[1]);
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, server: 'nginx/1.22.1', 'content-type': 'text/html' });
    stream.end('0123456789');
  });
  server.emit('connection', serverEnd);
  const session = connect('http://shop.example.com', { createConnection: () => clientEnd });
  const exchanges: Answered[] = [];
  for (let n = 0; n < requests; n++) {
    await new Promise<void>((resolve, reject) => {
      const traceparent = `00-0af7651916cd43dd8448eb211c80319c-${(n + 1).toString(16).padStart(16, '0')}-01`;
      const request = session.request({ ':path': path(n % 500), 'user-agent': 'h2load nghttp2/1.52.0', traceparent });
      request.resume().on('close', resolve).on('error', reject).end();
    });
    await new Promise(setImmediate); // acknowledgements
    exchanges.push({ request: Buffer.concat(sent[0]), response: Buffer.concat(sent[1]) });
    sent[0].length = sent[1].length = 0;
  }
  session.destroy();
  server.close();
  return exchanges;
}

/** Copies what is written to one end. */
function tap(end: Duplex, into: Buffer[]): void {
  const write = end._write.bind(end);
  end._write = (chunk: Buffer, encoding, callback) => {
    into.push(Buffer.from(chunk));
    write(chunk, encoding, callback);
  };
}
