import { foldPath } from '../../endpoint/fold-path.ts';
import type { Exchange, Status } from '../../session/exchange.ts';
import type { Arguments } from './arguments.ts';

/** Methods whose first bit says that all messages before are meant too (AMQP 0-9-1 1.8.3.14, RabbitMQ's basic.nack). */
const isOfMessages: ReadonlySet<string> = new Set(['Basic.Ack', 'Basic.Nack']);
const MULTIPLE = 1;

/** Writes what a method is about into the record: `exchange.routing_key`, or the queue. */
export function describeRequest(exchange: Exchange, name: string, args: Arguments, virtualHost: string): void {
  exchange.request_type = name;
  exchange.version = '0-9-1';
  exchange.request_domain = virtualHost;
  const routed =
    args.exchange && args.routingKey ? `${args.exchange}.${args.routingKey}` : args.exchange || args.routingKey;
  exchange.request_resource = args.queue || routed;
  exchange.endpoint = foldPath(args.queue || args.exchange || args.routingKey);
  exchange.attribute('rabbitmq.destination.routing_key', args.routingKey);
  if (args.deliveryTag > 0) exchange.attribute('rabbitmq.message.delivery_tag', args.deliveryTag);
  if (isOfMessages.has(name) && (args.bits & MULTIPLE) !== 0) exchange.note = 'multiple';
  exchange.attribute('messaging.consumer.group.name', args.consumerTag && args.queue);
}

/** Reply codes (AMQP 0-9-1 section 1.2): the broker's own failures; all others blame the client. */
const serverErrors = new Set([320, 506, 540, 541]);
const SUCCESS = 200;

export function statusOf(code: number): Status {
  if (code === 0 || code === SUCCESS) return 'ok';
  return serverErrors.has(code) ? 'server_error' : 'client_error';
}
