import type { Lab, Plan } from '../lib/lab.ts';
import { programs } from '../lib/programs.ts';
import type { Scenario } from '../lib/scenario.ts';
import { behind, mixed } from './plans.ts';

const jdk17 = 'java';
/** The first long-term JDK whose virtual threads can be told apart. */
const jdk25 = '/usr/lib/jvm/temurin-25-jdk-amd64/bin/java';

interface JavaScenario extends Pick<Scenario, 'name' | 'shows' | 'rest'> {
  readonly java: typeof jdk17 | typeof jdk25;
  readonly plan?: (leaf: string, cache: string) => Plan;
  readonly env: NodeJS.ProcessEnv;
  /** Upstreams take HTTP/2: java.net.http then sends all on one connection to each. */
  readonly isHttp2?: boolean;
}

const moved = 'tasks that were under way at a collection of garbage, which moves them';
const several = (leaf: string, cache: string): Plan => [
  [leaf],
  ['sleep 3'],
  [`${leaf} & ${cache}`, `${cache} & sleep 2 & ${leaf}`],
];

async function http2(lab: Lab): Promise<Plan> {
  const [one, other] = [await upgraded(lab), await upgraded(lab)];
  return [[one], ['sleep 3'], [one, other], [other]];
}

const upgraded = async (lab: Lab): Promise<string> => lab.service(await programs.go(), [], { LAB_UPGRADE: '1' });

const services: readonly JavaScenario[] = [
  {
    name: 'Java pool',
    shows: 'a pool of threads answers, another one makes calls',
    rest: moved,
    java: jdk17,
    env: { LAB_MODE: 'pool' },
  },
  {
    name: 'Java stealing',
    shows: 'a ForkJoinPool, whose tasks make several calls each',
    rest: moved,
    java: jdk17,
    plan: several,
    env: { LAB_MODE: 'pool', LAB_CALLERS: 'stealing' },
  },
  {
    name: 'Java cached',
    shows: 'the same in a pool that makes a thread when none is free, of a younger JDK',
    rest: moved,
    java: jdk25,
    plan: several,
    env: { LAB_MODE: 'pool', LAB_CALLERS: 'cached' },
  },
  {
    name: 'Java virtual',
    shows: 'virtual threads on few carriers',
    rest: 'virtual threads that have been answered before anybody waits for them, or that a collection of garbage has moved',
    java: jdk25,
    env: { LAB_MODE: 'virtual' },
  },
  {
    name: 'Java virtual, pauses',
    shows: 'virtual threads that sleep before they start others: who runs on a carrier changes with no system call',
    rest: 'as virtual',
    java: jdk25,
    plan: (leaf, cache) => [[leaf], ['sleep 3'], [leaf, cache]],
    env: { LAB_MODE: 'virtual' },
  },
  ...(['pool', 'virtual'] as const).map(
    (mode): JavaScenario => ({
      name: `Java futures, ${mode}`,
      shows: 'invokeAll: whoever waits for the first task does not wait for the second one yet',
      rest: mode === 'pool' ? moved : 'the second task, which is answered before anybody waits for it',
      java: mode === 'pool' ? jdk17 : jdk25,
      env: { LAB_MODE: mode, LAB_FUTURES: '1' },
    }),
  ),
  ...([jdk17, jdk25] as const).map(
    (java): JavaScenario => ({
      name: java === jdk17 ? 'Java async' : 'Java async, 25',
      shows: `java.net.http.HttpClient, completion stages${java === jdk17 ? '' : ', a younger JDK'}`,
      rest: 'a call that is answered before its maker has said what comes next: nobody waits for it yet',
      java,
      env: { LAB_MODE: 'async' },
    }),
  ),
  {
    name: 'Java send',
    shows: "java.net.http.HttpClient in a pool's threads, which wait while the client's threads work for them",
    rest: 'as async, seldom',
    java: jdk17,
    env: { LAB_MODE: 'pool', LAB_CLIENT: 'send' },
  },
  {
    name: 'Java send, virtual',
    shows: 'the same in virtual threads',
    rest: 'as async, seldom',
    java: jdk25,
    env: { LAB_MODE: 'virtual', LAB_CLIENT: 'send' },
  },
  ...(['async', 'pool', 'virtual'] as const).map(
    (mode): JavaScenario => ({
      name: `Java HTTP/2, ${mode}`,
      shows: 'java.net.http.HttpClient over HTTP/2: whoever comes first writes for all',
      rest: mode === 'virtual' ? 'answers that came before who asked has begun to wait' : 'as async, seldom',
      java: jdk25,
      env: { LAB_MODE: mode, ...(mode !== 'async' && { LAB_CLIENT: 'send' }) },
      isHttp2: true,
    }),
  ),
];

/** Services in Java, warm: a JVM that has just started interprets what it runs, as none does in production for long. */
export const java: readonly Scenario[] = services.map(({ name, shows, rest, java, plan, env, isHttp2 }) => ({
  name,
  shows,
  ...(rest && { rest }),
  needs: [java, 'javac', ...(isHttp2 ? ['go'] : []), ...behind],
  warmUp: 2000,
  start: async (lab: Lab) => {
    if (isHttp2) return lab.service(await programs.java(java), await http2(lab), env);
    const stages = plan ? plan(await lab.leaf(), await lab.redis()) : await mixed(lab);
    return lab.service(await programs.java(java), stages, env);
  },
}));
