import { programs } from '../lib/programs.ts';
import type { Scenario } from '../lib/scenario.ts';
import { behind } from './plans.ts';

/** Proxies alone, in front of services, and as their sidecars. */
export const proxies: readonly Scenario[] = [
  {
    name: 'nginx chain',
    shows: 'event loop, kept connections on both sides',
    needs: behind,
    start: async (lab) => lab.nginx(await lab.nginx(await lab.leaf())),
  },
  {
    name: 'nginx, a connection each',
    shows: 'event loop, the connection is made for the request',
    needs: behind,
    start: async (lab) => lab.nginx(await lab.leaf(), { keepAlive: false }),
  },
  {
    name: 'haproxy',
    shows: 'event loop that reads first and writes later',
    needs: ['haproxy', ...behind],
    start: async (lab) => lab.haproxy(await lab.leaf()),
  },
  ...[false, true].map(
    (renames): Scenario => ({
      name: renames ? 'haproxy, same request' : 'haproxy, same URL',
      shows: renames
        ? 'nothing tells the requests apart that haproxy passes on'
        : 'what haproxy passes on has one method and path, and a header of its own',
      ...(renames && {
        rest: 'the first requests of one turn: in which order haproxy passes these on is known when some answers have shown it',
      }),
      needs: ['haproxy', 'python3', ...behind],
      same: true,
      start: async (lab) => {
        const service = await lab.service(await programs.pythonThreads(), [['sleep 3'], [await lab.redis()]]);
        return lab.haproxy(service, { renames });
      },
    }),
  ),
  {
    name: 'haproxy, two threads',
    shows: 'two event loops, which share the connections to the next one',
    needs: ['haproxy', ...behind],
    start: async (lab) => lab.haproxy(await lab.leaf(), { threads: 2 }),
  },
  ...(['nginx', 'haproxy'] as const).map(
    (proxy): Scenario => ({
      name: `${proxy} sidecars`,
      shows: 'a proxy before and behind each service: in, Python, out, in, Go, out',
      needs: ['go', 'python3', proxy, ...behind],
      start: async (lab) => {
        const out = await lab[proxy](await lab.leaf());
        const go = await lab.service(await programs.go(), [[`${out}/o`, `${out}/o`], ['sleep 3'], [`${out}/o`]]);
        const between = await lab[proxy](await lab[proxy](go));
        const steps = [[`${between}/b`], ['sleep 3'], [`${between}/b`]];
        return lab[proxy](await lab.service(await programs.pythonThreads(), steps));
      },
    }),
  ),
  {
    name: 'haproxy HTTP/2',
    shows: 'streams of one connection on both sides of a proxy',
    needs: ['go', 'haproxy', ...behind],
    start: async (lab) => {
      const back = await lab.haproxy(await lab.service(await programs.go(), [[await lab.redis()]]), { http2: true });
      return lab.service(await programs.go(), [[`${back}/h`], ['sleep 3'], [`${back}/h`, `${back}/h`]], {
        LAB_HTTP2: '1',
      });
    },
  },
  ...(['nginx', 'haproxy'] as const).map(
    (proxy): Scenario => ({
      name: `${proxy} ends HTTP/2`,
      shows: 'streams of one connection in, over TLS, HTTP/1.1 on many out',
      needs: ['go', 'python3', proxy, ...behind],
      start: async (lab) => {
        const service = await lab.service(await programs.pythonThreads(), [['sleep 3'], [await lab.redis()]]);
        const back = await lab[proxy](service, { http2: 'front', tls: true });
        const calls = [[`${back}/h`], ['sleep 3'], [`${back}/h`, `${back}/h`]];
        return lab.service(await programs.go(), calls, { LAB_HTTP2: '1' });
      },
    }),
  ),
  {
    name: 'nginx gRPC',
    shows: 'streams of one connection in, a connection for each out',
    needs: ['go', ...behind],
    start: async (lab) => {
      const back = await lab.service(await programs.go(), [[await lab.redis()]], { LAB_SERVE: 'grpc' });
      const grpc = (await lab.nginx(back, { http2: true })).replace('http:', 'grpc:');
      return lab.service(await programs.go(), [[grpc], ['sleep 3'], [grpc, grpc]]);
    },
  },
  {
    name: 'three tiers',
    shows: 'nginx, Go, Python and Node one behind the other',
    needs: ['go', 'python3', ...behind],
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      const node = await lab.service(await programs.node(), [[leaf], [cache]]);
      const python = await lab.service(await programs.pythonThreads(), [[`${node}/n`], [cache]]);
      const go = await lab.service(await programs.go(), [[`${python}/p`, `${node}/n`], [cache]]);
      return lab.nginx(go);
    },
  },
  {
    name: 'fan out and retry',
    shows: 'eight calls at once, of which a third fails and is made again',
    needs: ['go', ...behind],
    start: async (lab) => {
      const leaf = await lab.leaf({ failing: 30 });
      return lab.service(await programs.go(), [Array(8).fill(leaf), ['sleep 3'], [leaf, await lab.redis()]]);
    },
  },
];
