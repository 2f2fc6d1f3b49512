import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';

export interface LoadOptions {
  readonly requests: number;
  /** So many at a time, over as many connections. */
  readonly atOnce: number;
  /** Every request has the same URL. */
  readonly same?: boolean;
  /** A file with whom to trust for TLS. */
  readonly ca?: string;
}

/** Sends GETs to `url/ID`, or `url/same`. Resolves to the ids. */
export async function load(url: string, options: LoadOptions): Promise<string[]> {
  const ids: string[] = [];
  const customer = options.same ? sameUrl : randomUrls;
  await Promise.all(Array.from({ length: options.atOnce }, () => customer(url, options, ids)));
  return ids;
}

async function randomUrls(url: string, { requests, ca }: LoadOptions, ids: string[]): Promise<void> {
  const [library, secure] = url.startsWith('https:') ? [https, { ca: ca && readFileSync(ca) }] : [http, {}];
  const agent = new library.Agent({ keepAlive: true, ...secure });
  while (ids.length < requests) {
    const id = randomBytes(6).toString('hex');
    ids.push(id);
    await answer(library.get(`${url}/${id}`, { agent }));
  }
  agent.destroy();
}

/** Ids are places on a connection, `PORT-NUMBER`. Services get them in a header that Flowloom does not look at. */
async function sameUrl(url: string, { requests }: LoadOptions, ids: string[]): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  agent.createConnection = () => socket;
  for (let number = 0; ids.length < requests; number++) {
    const id = `${socket.localPort}-${number}`;
    ids.push(id);
    await answer(http.get(`${url}/same`, { agent, headers: { 'X-Lab-Id': id } }));
  }
  agent.destroy();
}

async function answer(request: http.ClientRequest): Promise<void> {
  const [response] = await once(request, 'response');
  await once(response.resume(), 'end');
  if (response.statusCode !== 200) throw new Error(`${request.path} was answered ${response.statusCode}`);
}
