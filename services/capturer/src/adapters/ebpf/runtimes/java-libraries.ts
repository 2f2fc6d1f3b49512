import type { Way } from './java-kinds.ts';

const only = (...also: string[]): Way => ({ ahead: [], also });
const channel = 'io/netty/channel/';
const http = 'io/vertx/core/http/impl/Http1x';

/** What a library has taken along of Netty has its name behind that of a package of its own (gRPC's `io/grpc/netty/shaded/`). */
export const unshaded = (name: string): string => name.replace(/^.*\/shaded\/(?=io\/netty\/)/, '');

/** Of libraries whose loops do what others have asked for: the way from a connection to what waits for an answer on it. */
export const libraryWays: Readonly<Record<string, Way>> = {
  'java/io/FileDescriptor': only(),
  'sun/nio/ch/SocketChannelImpl': only('keys'),
  'sun/nio/ch/SelectionKeyImpl': only('attachment'),
  [`${channel}nio/NioIoHandler$DefaultNioRegistration`]: only('handle'),
  [`${channel}AbstractChannel`]: only('pipeline', 'attributes', 'ch', 'socket'),
  [`${channel}AbstractChannel$AbstractUnsafe`]: { ...only('this$0'), keeps: ['outboundBuffer'] },
  [`${channel}ChannelOutboundBuffer`]: only('flushedEntry'),
  [`${channel}ChannelOutboundBuffer$Entry`]: only('promise', 'next'),
  [`${channel}DefaultChannelPipeline`]: only('head', 'channel'),
  [`${channel}AbstractChannelHandlerContext`]: only('next', 'handler', 'pipeline'),
  'io/netty/util/DefaultAttributeMap$DefaultAttribute': only('value'),
  'org/eclipse/jetty/io/SelectableChannelEndPoint': only('_connection', '_channel'),
  'org/eclipse/jetty/client/transport/internal/HttpConnectionOverHTTP': only('channel'),
  'org/eclipse/jetty/client/transport/HttpChannel': only('_exchange'),
  'org/eclipse/jetty/client/transport/HttpExchange': only('listeners'),
  'io/lettuce/core/protocol/CommandHandler$AddToStack': only('command'),
  'okhttp3/internal/connection/RealCall$AsyncCall': only('responseCallback'),
  [`${http}ClientConnection`]: only('requests', 'responses'),
  [`${http}ServerConnection`]: only('chctx'),
};

/** Of all classes of Reactor: who is downstream of a subscriber or waits there, and what is done on which channel. */
export const reactorWay: Way = only(
  ...['actual', 'parent', 'main', 'sink', 'subscribers', 'receiver', 'listener', 'obs'],
  ...['connection', 'channel', 'inbound', 'outboundSubscription', 'onTerminate', 'ctx', 'sync'],
);

/** They lead to the work of others, or nowhere. */
export const libraryHubs: readonly string[] = [
  // What a program has once for all requests is named like this.
  '(?:Pool|Executor|Scheduler|EventLoop|EventLoopGroup|Selector|Dispatcher|Factory|Registry|Provider|Client|Config|Options|Allocator)$',
  '^io/netty/(?:buffer|resolver|bootstrap|handler|channel/group|util/internal)/|^io/netty/util/(?:Recycler|HashedWheelTimer|AsciiString)',
  '^io/netty/channel/(?:(?:nio/|epoll/|)[A-Za-z]*IoHandler(?:\\$\\d+)?|VoidChannelPromise|SucceededChannelFuture)$',
  '^io/lettuce/core/protocol/(?:CommandHandler|.*Endpoint)$|^io/lettuce/core/(?:.*Connection.*Impl|.*ChannelWriter)$',
  '^io/vertx/core/(?:impl/(?:VertxImpl|.*Context.*)|http/impl/(?:HttpChannelConnector|Http(?:Client|Server)Impl|.*Endpoint)|http/impl/headers/.*)$',
  '^io/vertx/core/(?:internal|net/impl)/pool/',
  '^(?:ch/qos/logback|org/slf4j|org/apache/(?:logging|commons/logging)|io/micrometer|org/springframework/(?:beans|context|core|boot|aop|util))/',
];
