import { debianPython, programs } from '../lib/programs.ts';
import type { Scenario } from '../lib/scenario.ts';
import { atBegin, behind, mixed, withPauses } from './plans.ts';

/** One service of each runtime before nginx and Redis. */
export const runtimes: readonly Scenario[] = [
  {
    name: 'Node http',
    shows: 'event loop, agent with kept connections, one Redis connection for all',
    needs: behind,
    start: async (lab) => lab.service(await programs.node(), await mixed(lab), { LAB_LOGS: 'at once' }),
  },
  {
    name: 'Node fetch',
    shows: 'event loop, undici, two calls at once',
    rest: atBegin,
    needs: behind,
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      return lab.service(await programs.node(), [[leaf], [cache], [leaf, cache]], { LAB_CLIENT: 'fetch' });
    },
  },
  {
    name: 'Node pauses',
    shows: 'event loop, three pauses in one handler, whose timers end in one run for many requests',
    rest: atBegin,
    needs: behind,
    start: async (lab) => lab.service(await programs.node(), await withPauses(lab)),
  },
  {
    name: 'Node fetch pauses',
    shows: 'the same with undici',
    rest: `${atBegin}; pauses during which garbage was collected and read too late`,
    needs: behind,
    start: async (lab) => lab.service(await programs.node(), await withPauses(lab), { LAB_CLIENT: 'fetch' }),
  },
  {
    name: 'Node agent pool',
    shows: 'event loop, an agent of four connections, for which requests wait',
    needs: behind,
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      return lab.service(await programs.node(), [[leaf], ['sleep 3'], [leaf, cache], [leaf]], { LAB_POOL: '4' });
    },
  },
  {
    name: 'Node callbacks',
    shows: 'event loop, no promises, an agent of four connections, for which requests wait',
    needs: ['nginx'],
    start: async (lab) => {
      const [leaf, other] = [await lab.leaf(), await lab.leaf()];
      return lab.service(await programs.nodeCallbacks(), [[leaf], [other], [leaf]], { LAB_POOL: '4' });
    },
  },
  {
    name: 'Python threads',
    shows: 'a thread per connection',
    needs: ['python3', ...behind],
    start: async (lab) => lab.service(await programs.pythonThreads(), await mixed(lab)),
  },
  {
    name: 'Go net/http',
    shows: 'goroutines at once, connections written by goroutines of their own',
    needs: ['go', ...behind],
    start: async (lab) => lab.service(await programs.go(), await mixed(lab)),
  },
  {
    name: 'Python thread pool',
    shows: 'calls are made by threads that wait at a queue',
    rest: 'the first tasks of a queue, which is known by them',
    needs: ['python3', ...behind],
    start: async (lab) => lab.service(await programs.pythonThreads(), await mixed(lab), { LAB_WORKERS: '8' }),
  },
  {
    name: 'Python waitress',
    shows: 'one thread reads all requests and leaves them to others, which leave calls to a pool',
    rest: 'the first tasks of a queue, which is known by them',
    needs: [debianPython, ...behind],
    start: async (lab) => lab.service(await programs.pythonWsgi(), await mixed(lab), { LAB_WORKERS: '8' }),
  },
  {
    name: 'Python gevent',
    shows: 'a greenlet per connection, all on one thread',
    rest: 'greenlets that a greenlet starts: nothing tells who did',
    needs: [debianPython, ...behind],
    start: async (lab) => {
      return lab.service(await programs.pythonThreads(debianPython), await mixed(lab), { LAB_GEVENT: '1' });
    },
  },
  {
    name: 'Python asyncio',
    shows: 'tasks, gather, a pool of connections',
    rest: 'only tasks that were made before Flowloom saw the process',
    needs: ['python3', ...behind],
    start: async (lab) => lab.service(await programs.pythonAsyncio(), await mixed(lab)),
  },
  ...([false, true] as const).map(
    (givesBack): Scenario => ({
      name: givesBack ? 'C worker queue, given back' : 'C worker queue',
      shows: givesBack
        ? 'one thread reads and answers, others make the calls in between'
        : 'one thread reads, others answer',
      needs: ['gcc', ...behind],
      start: async (lab) => {
        const env = { LAB_WORKERS: '8', ...(givesBack && { LAB_BACK: '1' }) };
        return lab.service(await programs.workerQueue(), await mixed(lab), env);
      },
    }),
  ),
  ...([false, true] as const).map(
    (spawns): Scenario => ({
      name: spawns ? 'Rust tokio, spawned' : 'Rust tokio',
      shows: spawns
        ? 'each call is made by a task of its own, on any thread'
        : 'hyper: connections are written by tasks of their own; one Redis connection for all',
      ...(spawns && {
        rest: 'what the driver of the Redis connection writes for several in one go, until it is known',
      }),
      needs: ['cargo', ...behind],
      start: async (lab) => lab.service(await programs.rust(), await mixed(lab), spawns ? { LAB_SPAWNS: '1' } : {}),
    }),
  ),
  {
    name: 'Go workers',
    shows: 'calls are made by goroutines that take tasks out of a channel',
    needs: ['go', ...behind],
    start: async (lab) => lab.service(await programs.go(), await mixed(lab), { LAB_WORKERS: '8' }),
  },
  {
    name: 'Go HTTP/2',
    shows: 'streams of one connection, served and asked',
    needs: ['go', ...behind],
    start: async (lab) => {
      const cache = await lab.redis();
      const back = await lab.service(await programs.go(), [[cache]]);
      return lab.service(await programs.go(), [[`${back}/h`], ['sleep 3'], [`${back}/h`, `${back}/h`]], {
        LAB_HTTP2: '1',
      });
    },
  },
  {
    name: 'Go gRPC',
    shows: 'streams of one connection, written by one goroutine for all, served by one each',
    needs: ['go', ...behind],
    start: async (lab) => {
      const [leaf, cache] = [await lab.leaf(), await lab.redis()];
      const back = await lab.service(await programs.go(), [[cache], [leaf]], { LAB_SERVE: 'grpc' });
      const grpc = back.replace('http:', 'grpc:');
      return lab.service(await programs.go(), [[grpc], ['sleep 3'], [grpc, grpc]]);
    },
  },
];
