import { rabbitmqCommand, rabbitmqSetup } from '@flowloom/testkit';
import type { ExpectedRequest, Scenario } from '../scenario.ts';

const password = 's3cr3t-amqp-password';

/** pika: channels, exchanges, queues, messages that come, are asked for, returned; a channel that the server closes. */
const script = `
import pika, sys
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError
where = lambda password: pika.ConnectionParameters(sys.argv[1], 5672, '/', pika.PlainCredentials('app', password), heartbeat=0)
connection = pika.BlockingConnection(where('${password}'))
channel = connection.channel()
channel.exchange_declare('shop', 'topic')
channel.queue_declare('orders', durable=True)
channel.queue_bind('orders', 'shop', 'order.*')
trace = {'traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'token': 's3cr3t-amqp-header'}
channel.basic_publish('shop', 'order.7', b's3cr3t-amqp-body', pika.BasicProperties(headers=trace))
channel.confirm_delivery()
channel.basic_publish('shop', 'order.8', b's3cr3t-amqp-body')
try:
    channel.basic_publish('shop', 'nowhere', b's3cr3t-amqp-body', mandatory=True)
except pika.exceptions.UnroutableError:
    pass
method, _, _ = channel.basic_get('orders')
channel.basic_ack(method.delivery_tag)
for method, _, _ in channel.consume('orders'):
    channel.basic_reject(method.delivery_tag, requeue=False)
    break
channel.cancel()
channel.basic_get('orders')
channel.queue_purge('orders')
try:
    connection.channel().queue_declare('nothing', passive=True)
except ChannelClosedByBroker:
    pass
channel.queue_delete('orders')
connection.close()
try:
    pika.BlockingConnection(where('s3cr3t-amqp-wrong'))
except ProbableAuthenticationError:
    pass
`;

/** Qpid Proton: a message to a queue and back, over AMQP 1.0. */
const proton = `
import sys
from proton import Message
from proton.utils import BlockingConnection
url = f'amqp://app:${password}@{sys.argv[1]}:5672'
connection = BlockingConnection(url, sasl_enabled=True, allowed_mechs='PLAIN', heartbeat=None)
sender = connection.create_sender('/queue/stock')
sender.send(Message(body='s3cr3t-amqp-body'))
receiver = connection.create_receiver('/queue/stock')
receiver.receive(timeout=5)
receiver.accept()
connection.close()
`;

const method = (
  request_type: string,
  request_resource: string | null,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'amqp',
  version: '0-9-1',
  request_type,
  request_resource,
  response_status: 'ok',
  ...more,
});

const performative = (request_type: string, resource: string | null, more: ExpectedRequest = {}): ExpectedRequest =>
  method(request_type, resource, { version: '1.0.0', ...more });

export const rabbitmq: Scenario = {
  name: 'rabbitmq',
  about: 'RabbitMQ 3.10; pika 1.2 (AMQP 0-9-1) and Qpid Proton 0.37 (AMQP 1.0)',
  needs: ['root', 'ip', rabbitmqCommand, '/usr/bin/python3'],
  ports: [5672],
  secrets: [`\0app\0${password}`, password, 's3cr3t-amqp-wrong', 's3cr3t-amqp-body', 's3cr3t-amqp-header'],
  serve: async (stage) => {
    await stage.serve(rabbitmqSetup({ port: 5672, password, plugins: ['rabbitmq_amqp1_0'] }));
  },
  drive: async (stage) => {
    await stage.run(['/usr/bin/python3', '-c', script, stage.serverAddress]);
    await stage.run(['/usr/bin/python3', '-c', proton, stage.serverAddress]);
    const accepted: ExpectedRequest = { response_code: 'accepted' };
    const oneWay: ExpectedRequest = { is_one_way: true };
    const first = (type: string, resource: string | null, more: ExpectedRequest = {}) =>
      method(type, resource, { request_domain: '/', protocol_request_id: '1', ...more });
    const second = (type: string, resource: string | null, more: ExpectedRequest) =>
      first(type, resource, { ...more, protocol_request_id: '2' });
    const trace: ExpectedRequest = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
    const fromBroker: ExpectedRequest = { client_port: 5672 };
    return [
      ...[method('Connection.Start', null, fromBroker), method('Connection.Tune', null, fromBroker)],
      ...[method('Connection.Open', null, { request_domain: '/' }), first('Channel.Open', null)],
      ...[first('Exchange.Declare', 'shop'), first('Queue.Declare', 'orders'), first('Queue.Bind', 'orders')],
      first('Basic.Publish', 'shop.order.7', { ...oneWay, ...trace, endpoint: 'shop' }),
      first('Confirm.Select', null),
      ...[first('Basic.Publish', 'shop.order.8', oneWay), first('Basic.Ack', null, { ...oneWay, ...fromBroker })],
      first('Basic.Publish', 'shop.nowhere', oneWay),
      first('Basic.Return', 'shop.nowhere', {
        ...{ ...oneWay, ...fromBroker, response_code: '312', response_status: 'client_error' },
        response_exception: 'NO_ROUTE',
      }),
      first('Basic.Ack', null, { ...oneWay, ...fromBroker }),
      ...[first('Basic.Get', 'orders', trace), first('Basic.Ack', null, oneWay)],
      first('Basic.Consume', 'orders'),
      first('Basic.Deliver', 'shop.order.8', { ...oneWay, ...fromBroker }),
      ...[first('Basic.Reject', null, oneWay), first('Basic.Cancel', null)],
      first('Basic.Get', 'orders', { response_result: 'empty' }),
      first('Queue.Purge', 'orders'),
      second('Channel.Open', null, {}),
      second('Queue.Declare', 'nothing', { response_code: '404', response_status: 'client_error' }),
      second('Channel.Close', null, { ...fromBroker, response_code: '404' }),
      ...[first('Queue.Delete', 'orders'), first('Channel.Close', null, { response_code: '200' })],
      method('Connection.Close', null, { request_domain: '/', response_code: '200' }),
      method('Connection.Start', null, fromBroker),
      // The wrong password.
      method('Connection.StartOk', null, { response_code: '403', response_status: 'client_error' }),
      // pika does not answer it.
      method('Connection.Close', null, { ...fromBroker, response_code: '403', response_status: 'unknown' }),
      ...[
        performative('sasl-init', 'PLAIN', { response_code: '0' }),
        performative('open', null),
        performative('begin', null),
      ],
      ...[performative('attach', '/queue/stock'), performative('transfer', '/queue/stock', accepted)],
      performative('attach', '/queue/stock'),
      performative('transfer', '/queue/stock', { ...accepted, ...fromBroker }),
      performative('close', null),
    ];
  },
};
