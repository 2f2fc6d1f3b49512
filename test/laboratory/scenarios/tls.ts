import { debianPython, programs } from '../lib/programs.ts';
import type { Scenario } from '../lib/scenario.ts';
import { behind } from './plans.ts';

/** Requests inside TLS, and gRPC of other runtimes than Go. */
export const tls: readonly Scenario[] = [
  {
    name: 'nginx ends TLS',
    shows: 'OpenSSL in nginx, the clear behind it',
    needs: ['python3', 'openssl', ...behind],
    start: async (lab) => {
      const service = await lab.service(await programs.pythonThreads(), [[await lab.leaf()], [await lab.redis()]]);
      return lab.nginx(service, { tls: true });
    },
  },
  {
    name: 'haproxy TLS',
    shows: 'OpenSSL in haproxy on both sides',
    needs: ['haproxy', 'openssl', ...behind],
    start: async (lab) => lab.haproxy(await lab.leaf({ tls: true }), { tls: true }),
  },
  {
    name: 'Python TLS',
    shows: 'OpenSSL on threads, as server and client',
    needs: ['python3', 'openssl', ...behind],
    start: async (lab) => {
      const leaf = await lab.leaf({ tls: true });
      const back = await lab.tlsService(await programs.pythonThreads(), [[leaf], [await lab.redis()]]);
      return lab.nginx(await lab.tlsService(await programs.pythonThreads(), [[`${back}/b`], ['sleep 3'], [leaf]]));
    },
  },
  {
    name: 'asyncio TLS',
    shows: 'OpenSSL on memory, read and written by an event loop',
    needs: ['python3', 'openssl', ...behind],
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf({ tls: true }), await lab.redis()];
      return lab.tlsService(await programs.pythonAsyncio(), [[leaf], ['sleep 3'], [cache], [leaf, cache]]);
    },
  },
  {
    name: 'Node TLS',
    shows: 'OpenSSL linked into the program, on memory',
    needs: ['openssl', ...behind],
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf({ tls: true }), await lab.redis()];
      return lab.tlsService(await programs.node(), [[leaf], [cache], [leaf]]);
    },
  },
  {
    name: 'Go TLS',
    shows: 'crypto/tls, HTTP/1 and HTTP/2 inside',
    needs: ['go', 'openssl', ...behind],
    start: async (lab) => {
      const leaf = await lab.leaf({ tls: true });
      const env = { LAB_HTTP2: '1' };
      const back = await lab.tlsService(await programs.go(), [[await lab.redis()]], env);
      const middle = await lab.tlsService(await programs.go(), [[`${back}/h`], ['sleep 3'], [`${back}/h`]], env);
      return lab.service(await programs.go(), [[`${middle}/m`, leaf], [leaf]]);
    },
  },
  {
    name: 'Python gRPC',
    shows: 'the C core: threads of its own read and write for those that call',
    rest: 'whichever thread polls writes what others have called, and reads their answers: only what a thread sends alone and at once is known to be its own',
    needs: ['go', debianPython, '/usr/lib/python3/dist-packages/grpc', ...behind],
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      const back = (await lab.service(await programs.pythonGrpc(), [[leaf]])).replace('http:', 'grpc:');
      const middle = await lab.service(await programs.pythonThreads(debianPython), [[back], ['sleep 3'], [cache]]);
      return lab.service(await programs.go(), [[`${middle}/p`, back]]);
    },
  },
  {
    name: 'Node gRPC',
    shows: 'grpc-js asks Go: streams of one connection from an event loop',
    needs: ['go', ...behind],
    start: async (lab) => {
      const back = await lab.service(await programs.go(), [[await lab.redis()]], { LAB_SERVE: 'grpc' });
      const grpc = back.replace('http:', 'grpc:');
      return lab.service(await programs.node(), [[grpc], [grpc], [grpc, grpc]]);
    },
  },
  {
    name: 'Node HTTP/2',
    shows: 'the module http2 as server and client: streams of one connection from one event loop to another one',
    rest: 'calls that are made at once after a pause, until some runs of timers have shown how many there are of each request',
    needs: behind,
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      const back = await lab.service(await programs.node(), [[cache], [leaf]], { LAB_SERVE: 'http2' });
      const plan = [[`${back}/h`], ['sleep 3'], [`${back}/h`, `${back}/h`]];
      return lab.service(await programs.node(), plan, { LAB_CLIENT: 'http2' });
    },
  },
  {
    name: 'Node gRPC server',
    shows: 'grpc-js as server and client, with a pause between',
    needs: behind,
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      const back = await lab.service(await programs.node(), [[cache], ['sleep 3'], [leaf]], { LAB_SERVE: 'grpc' });
      const grpc = back.replace('http:', 'grpc:');
      return lab.service(await programs.node(), [[grpc], [grpc, grpc]]);
    },
  },
];
