import { describe, expect, it } from 'vitest';
import { kindOf, wayOf } from './java-kinds.ts';

const object = 'java/lang/Object';
const pool = 'java/util/concurrent';

describe('a walk over objects of Java', () => {
  it.each([
    ['plain', 'com/example/Order'],
    ['plain', `${pool}/Executors$RunnableAdapter`],
    ['plain', `${pool}/CountDownLatch$Sync`, `${pool}/locks/AbstractQueuedSynchronizer`],
    ['thread', 'com/example/Worker', 'java/lang/Thread'],
    ['thread', 'jdk/internal/net/http/HttpClientImpl$SelectorManager', 'java/lang/Thread'],
    ['future', 'jdk/internal/net/http/common/MinimalFuture', `${pool}/CompletableFuture`],
    ['future', `${pool}/FutureTask`],
    ['future', 'okhttp3/internal/connection/RealCall$AsyncCall'],
    ['command', 'io/lettuce/core/protocol/AsyncCommand', `${pool}/CompletableFuture`],
    ['descriptor', 'java/io/FileDescriptor'],
    ['own', 'java/lang/VirtualThread$VThreadContinuation', 'jdk/internal/vm/Continuation'],
    ['hub', `${pool}/ThreadPoolExecutor`, `${pool}/AbstractExecutorService`],
    ['hub', `${pool}/locks/ReentrantLock$NonfairSync`, `${pool}/locks/ReentrantLock$Sync`],
    ['hub', `${pool}/locks/AbstractQueuedSynchronizer$ConditionNode`],
    ['hub', `${pool}/SynchronousQueue$TransferStack$SNode`],
    ['connection', 'io/netty/channel/socket/nio/NioSocketChannel', 'io/netty/channel/nio/AbstractNioByteChannel'],
    ['connection', 'io/grpc/netty/shaded/io/netty/channel/epoll/AbstractEpollStreamChannel'],
    [
      'plain',
      'reactor/core/publisher/FluxPublishOn$PublishOnSubscriber',
      'java/util/concurrent/atomic/AtomicLong',
      'java/lang/Number',
    ],
    ['hub', 'io/netty/channel/SingleThreadIoEventLoop', `${pool}/AbstractExecutorService`],
    ['hub', 'com/example/OrderClient'],
    ['plain', 'com/example/OrderClient$Call'],
    ['hub', 'com/example/Cache', 'java/lang/ref/WeakReference', 'java/lang/ref/Reference'],
  ])('takes for %s: %s', (kind, ...names) => {
    expect(kindOf([...names, object])).toBe(kind);
  });

  it('follows a future to those who wait for it, and no further once it has its result', () => {
    expect(wayOf([`${pool}/CompletableFuture`, object])).toEqual({ ahead: ['stack'], also: [], done: 'result' });
    expect(wayOf([`${pool}/FutureTask`, object])).toMatchObject({ ahead: ['waiters'], done: 'state' });
    expect(wayOf(['com/example/Order', object])).toBeUndefined();
  });

  it('follows what is written in Netty, and who is downstream in Reactor', () => {
    const { keeps } =
      wayOf([
        'io/netty/channel/nio/AbstractNioChannel$AbstractNioUnsafe',
        'io/netty/channel/AbstractChannel$AbstractUnsafe',
      ]) ?? {};
    expect(keeps).toEqual(['outboundBuffer']);
    expect(wayOf(['io/netty/channel/ChannelOutboundBuffer'])?.also).toEqual(['flushedEntry']);
    expect(wayOf(['reactor/core/publisher/MonoNext$NextSubscriber', object])?.also).toContain('actual');
    const blocked = wayOf(['reactor/core/publisher/BlockingMonoSubscriber', `${pool}/CountDownLatch`]);
    expect(blocked?.also).toContain('sync');
  });

  it('looks up a stream of java.net.http from its connection', () => {
    const fields = ['SocketTube$InternalReadPublisher', 'SocketTube$InternalReadPublisher$ReadSubscription']
      .concat('Http2Connection$Http2TubeSubscriber', 'Http2Connection')
      .map((name) => wayOf([`jdk/internal/net/http/${name}`, object])?.keeps);
    expect(fields).toEqual([['subscription'], ['subscriber'], ['this$0'], ['streams']]);
    expect(wayOf([`${pool}/ConcurrentHashMap$Node`])?.keeps).toEqual(['hash', 'val', 'next']);
  });
});
