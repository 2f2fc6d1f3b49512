import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { KubernetesApi } from './kubernetes-api.ts';
import { Reflector } from './reflector.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const object = (uid: string, resourceVersion: string) => ({ metadata: { uid, name: uid, resourceVersion } });
const list =
  (resourceVersion: string, items: object[], next?: string): Answer =>
  (_, response) =>
    response.end(JSON.stringify({ metadata: { resourceVersion, continue: next }, items }));
/** Some events, then the end of the connection. */
const events =
  (...lines: [type: string, object: object][]): Answer =>
  (_, response) =>
    response.end(lines.map(([type, object]) => `${JSON.stringify({ type, object })}\n`).join(''));
const status =
  (code: number): Answer =>
  (_, response) => {
    response.writeHead(code);
    response.end(JSON.stringify({ message: 'no' }));
  };
const open: Answer = (_, response) => response.flushHeaders();

describe('Reflector', () => {
  let server: Server;
  let stop: AbortController;
  afterEach(() => {
    stop.abort();
    server.closeAllConnections();
    server.close();
  });

  /** Runs against an API that gives these answers one after the other; the last one for ever. */
  async function follow(...answers: Answer[]) {
    const asked: string[] = [];
    stop = new AbortController();
    server = createServer((request, response) => {
      asked.push(request.url!.replace(/timeoutSeconds=\d+/, 'timeoutSeconds=n'));
      (answers[asked.length - 1] ?? open)(request, response);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const config = new KubeConfig();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    config.loadFromClusterAndUser(
      { name: 'test', server: url, skipTLSVerify: true },
      { name: 'test', token: 'secret' },
    );
    const told: string[] = [];
    const target = {
      put: (_resource: string, raw: unknown) =>
        void told.push(`put ${(raw as ReturnType<typeof object>).metadata.uid}`),
      removed: (_resource: string, uid: string) => void told.push(`removed ${uid}`),
      listed: (_resource: string, uids: ReadonlySet<string>) => void told.push(`listed ${[...uids].join()}`),
      live: () => {},
      forbidden: () => {},
    };
    const listener = { failed: vi.fn(), works: vi.fn() };
    const sleep = (_ms: number, signal: AbortSignal) =>
      new Promise((resolve) => (signal.aborted ? resolve(0) : setTimeout(resolve, 1)));
    const watched = { resource: 'pods', path: '/api/v1/pods' };
    void new Reflector(new KubernetesApi(config), watched, target, { listener, sleep }).run(stop.signal);
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(answers.length));
    return { asked, told, listener };
  }

  const watchFrom = (version: string) =>
    `/api/v1/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=n&resourceVersion=${version}`;

  it('lists in pages, then watches from the version of the list', async () => {
    const { asked, told } = await follow(list('9', [object('a', '3')], 'more='), list('9', [object('b', '4')]));
    expect(asked).toEqual(['/api/v1/pods?limit=500', '/api/v1/pods?limit=500&continue=more%3D', watchFrom('9')]);
    expect(told).toEqual(['put a', 'put b', 'listed a,b']);
  });

  it('resumes a watch that ended at the last version it was told, bookmarks included', async () => {
    const { asked, told } = await follow(
      list('9', []),
      events(['ADDED', object('a', '10')], ['DELETED', object('a', '11')], ['BOOKMARK', object('', '40')]),
    );
    expect(asked.at(-1)).toBe(watchFrom('40'));
    expect(told).toEqual(['listed ', 'put a', 'removed a']);
  });

  it('lists again when the version is gone, by an event or by the status', async () => {
    for (const gone of [events(['ERROR', { code: 410, message: 'too old' }]), status(410)]) {
      const { asked, listener } = await follow(list('9', []), gone, list('50', []));
      expect(asked.at(-1)).toBe(watchFrom('50'));
      expect(listener.failed).not.toHaveBeenCalled();
      stop.abort();
      server.closeAllConnections();
      server.close();
    }
  });

  it('tries again after a failure, from where it was', async () => {
    const { asked, listener } = await follow(list('9', []), status(500), (_, response) => response.destroy());
    expect(asked.slice(1)).toEqual([watchFrom('9'), watchFrom('9'), watchFrom('9')]);
    expect(listener.failed).toHaveBeenCalledTimes(2);
  });

  it('takes a list that the cluster does not have for an empty one', async () => {
    const { told, listener } = await follow(status(404));
    expect(told).toEqual(['listed ']);
    expect(listener.failed).not.toHaveBeenCalled();
  });
});
