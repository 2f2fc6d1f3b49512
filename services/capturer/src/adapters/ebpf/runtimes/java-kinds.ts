import { libraryHubs, libraryWays, reactorWay, unshaded } from './java-libraries.ts';

/** How a walk over objects treats those of a class. */
export type Kind =
  | 'plain'
  | 'hub'
  | 'thread'
  | 'descriptor'
  | 'chunk'
  | 'connection'
  | 'future'
  | 'own'
  | 'made'
  | 'command';

/** By the name of a class or of one above it. */
const kinds: Readonly<Record<string, Kind>> = {
  'java/lang/Thread': 'thread',
  'java/io/FileDescriptor': 'descriptor',
  'sun/nio/ch/SocketChannelImpl': 'descriptor',
  'io/netty/channel/unix/FileDescriptor': 'descriptor',
  'jdk/internal/vm/StackChunk': 'chunk',
  'jdk/internal/net/http/SocketTube': 'connection',
  'io/netty/channel/nio/AbstractNioByteChannel': 'connection',
  'io/netty/channel/epoll/AbstractEpollStreamChannel': 'connection',
  'java/util/concurrent/CompletableFuture': 'future',
  'java/util/concurrent/FutureTask': 'future',
  'okhttp3/internal/connection/RealCall$AsyncCall': 'future',
  'jdk/internal/vm/Continuation': 'own',
  'java/lang/VirtualThread$VThreadContinuation$1': 'own',
  'jdk/internal/net/http/MultiExchange': 'made',
  'io/lettuce/core/protocol/AsyncCommand': 'command',
  'io/lettuce/core/RedisPublisher$SubscriptionCommand': 'command',
};

/** How references of objects of a class, or of one that extends it, are followed. */
export interface Way {
  /** Fields that lead on to whoever waits, which are followed before all else. */
  readonly ahead: readonly string[];
  /** Others that are followed; all where it is absent. */
  readonly also?: readonly string[];
  /** A field that is set when nobody waits any more. */
  readonly done?: string;
  /** Fields that are looked up: what is to be written on a connection, until it is sent; what leads to a stream of a session, and to its place in a map. */
  readonly keeps?: readonly string[];
}

const client = 'jdk/internal/net/http/';
const none = { ahead: [], also: [] } as const;
/** Of the JDK, whoever waits for a result is known by these: futures, and the way from a client's connection to those of its exchange. */
const ways: Readonly<Record<string, Way>> = {
  'java/util/concurrent/CompletableFuture': { ahead: ['stack'], also: [], done: 'result' },
  'java/util/concurrent/CompletableFuture$Completion': { ahead: ['next', 'dep', 'base', 'thread'], also: ['fn'] },
  'java/util/concurrent/FutureTask': { ahead: ['waiters'], also: ['callable'], done: 'state' },
  'java/util/concurrent/FutureTask$WaitNode': { ahead: ['thread', 'next'], also: [] },
  [`${client}SocketTube`]: { ahead: ['writeSubscriber'], also: [] },
  [`${client}SocketTube$InternalReadPublisher`]: { ...none, keeps: ['subscription'] },
  [`${client}SocketTube$InternalReadPublisher$ReadSubscription`]: { ...none, keeps: ['subscriber'] },
  [`${client}Http2Connection$Http2TubeSubscriber`]: { ...none, keeps: ['this$0'] },
  [`${client}Http2Connection`]: { ...none, keeps: ['streams'] },
  'java/util/concurrent/ConcurrentHashMap': { ahead: [], keeps: ['table'] },
  'java/util/concurrent/ConcurrentHashMap$Node': { ahead: [], keeps: ['hash', 'val', 'next'] },
  [`${client}Stream`]: { ahead: ['requestBodyCF', 'responseBodyCF'], also: ['response_cfs', 'exchange'] },
  [`${client}SocketTube$InternalWriteSubscriber`]: { ahead: ['subscription'], also: [] },
  [`${client}SocketTube$InternalWriteSubscriber$WriteSubscription`]: { ahead: ['upstreamSubscription'], also: [] },
  [`${client}Http1Exchange$Http1Publisher$Http1WriteSubscription`]: { ahead: ['this$1'], also: [] },
  [`${client}Http1Exchange$Http1Publisher`]: { ahead: ['this$0'], also: [] },
  [`${client}Http1Exchange`]: { ahead: ['headersSentCF', 'bodySentCF', 'response'], also: ['exchange'] },
  [`${client}Exchange`]: { ahead: [], also: ['multi'] },
  [`${client}Http1Response`]: { ahead: ['headersReader', 'bodyReader'], also: [] },
  [`${client}Http1Response$HeadersReader`]: { ahead: ['cf'], also: [] },
  [`${client}Http1Response$BodyReader`]: { ahead: ['cf'], also: [] },
  ...libraryWays,
};

/** @param names of the class and of those above it */
export function wayOf(names: readonly string[]): Way | undefined {
  const name = names.map(unshaded).find((one) => one in ways);
  return name !== undefined ? ways[name] : names[0].startsWith('reactor/') ? reactorWay : undefined;
}

const jdk =
  /^(?:java\/util\/concurrent\/(?!atomic|locks)|jdk\/internal\/(?:net\/http|vm)\/|java\/lang\/(?:Virtual)?Thread|sun\/n(?:io\/ch|et\/httpserver)\/)/;
/** Whether that class of the JDK may stand between who asks and who waits. */
export const isWay = (name: string): boolean => jdk.test(name);
/** Whether it has a kind or a way of its own. */
export const isKnown = (name: string): boolean => name in kinds || name in ways;

/** They lead to the work of others: executors, queues, locks, pools, classes, what is the same for a whole program. */
const hubs = new RegExp(
  [
    '^java/lang/(?:Class|ClassLoader|ThreadGroup|Module|String|Number|Enum|ThreadLocal|StackTraceElement|Throwable)$',
    '^java/lang/(?:invoke|ref|reflect)/|^java/security/|^java/util/(?:Timer|Locale|ResourceBundle)$|^java/util/(?:regex|logging)/',
    '^java/util/concurrent/(?:AbstractExecutorService|ForkJoinPool|ForkJoinPool\\$WorkQueue|ThreadPerTaskExecutor|.*Queue|.*Deque)$',
    '^java/util/concurrent/(?:Executors\\$(?:Delegated|Finalizable|AutoShutdown).*|Semaphore.*|Phaser|Exchanger)$',
    '^java/util/concurrent/locks/(?:.*Lock(?:\\$.*)?|AbstractQueuedSynchronizer\\$Condition(?:Object|Node))$',
    '^java/util/concurrent/(?:SynchronousQueue|LinkedTransferQueue)\\$',
    '^java/nio/channels/(?:Selector|spi/SelectorProvider)$|^jdk/internal/(?:ref|loader|reflect)/',
    ...libraryHubs,
    '^java/lang/VirtualThread\\$\\$Lambda|^sun/net/httpserver/ServerImpl$|^jdk/internal/net/http/',
  ].join('|'),
);

/** @param names of the class and of those above it, as the JVM writes them: `java/lang/Thread` */
export function kindOf(names: readonly string[]): Kind {
  const known = names.map(unshaded).find((name) => name in kinds);
  if (known !== undefined) return kinds[known];
  return wayOf(names) || !names.some((name) => hubs.test(unshaded(name))) ? 'plain' : 'hub';
}
