import * as incubating from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, it } from 'vitest';
import { described } from '../testing/described.ts';
import { requestRow } from '../testing/request-row.ts';
import { Resources } from './resources.ts';
import { attr } from './semconv.ts';
import { serviceName } from './service-name.ts';

const published = new Set<unknown>(Object.values(incubating));
const http = { protocol: 'http', request_type: 'GET', has_request: true, has_response: true, response_status: 'ok' };

describe('the table of semantic conventions', () => {
  it('has only attribute names that version 1.45 of the published conventions has', () => {
    expect(Object.values(attr).filter((name) => !published.has(name))).toEqual([]);
  });
});

describe('HTTP', () => {
  const row = requestRow({
    ...http,
    endpoint: '/books/{id}',
    request_resource: '/books/7?q=a',
    request_domain: 'shop.example:8080',
    response_code: '404',
    response_status: 'client_error',
    server_ip: '10.0.0.2',
    server_port: 80,
    client_ip: '10.0.0.1',
  });

  it('names the span after method and folded path, never after the raw path', () => {
    expect(described(row, 'client').name).toBe('GET /books/{id}');
    expect(described({ ...row, request_type: 'BREW' }, 'client').name).toBe('HTTP /books/{id}');
  });

  it('gives a client the full URL and a server path and query', () => {
    const client = described(row, 'client').attributes;
    expect(client['url.full']).toBe('http://shop.example:8080/books/7?q=a');
    const server = described(row, 'server').attributes;
    expect(server).toMatchObject({ 'url.path': '/books/7', 'url.query': 'q=a', 'url.scheme': 'http' });
    expect(server).toMatchObject({ 'server.address': 'shop.example', 'server.port': 8080 });
  });

  it('holds 4xx for an error of the client only and 5xx for an error of both', () => {
    expect(described(row, 'client').error).toEqual({});
    expect(described(row, 'client').attributes['error.type']).toBe('404');
    expect(described(row, 'server').error).toBeUndefined();
    expect(described({ ...row, response_code: '503' }, 'server').error).toBeDefined();
  });

  it('gives kind CLIENT, SERVER and INTERNAL, and the peer on the client', () => {
    const tags = (workload: string) => ({ ...row.client, workload });
    const named = { ...row, server: tags('shop'), client: tags('web') };
    expect(described(named, 'client')).toMatchObject({ kind: 3, attributes: { 'peer.service': 'shop' } });
    expect(described(named, 'server')).toMatchObject({ kind: 2, attributes: { 'client.service.name': 'web' } });
    expect(described(named, 'network').kind).toBe(1);
  });

  it('is what a web server passes on to an application, whatever carries it', () => {
    const { name, attributes } = described({ ...row, protocol: 'uwsgi' }, 'server');
    expect(name).toBe('GET /books/{id}');
    expect(attributes).toMatchObject({ 'http.response.status_code': 404, 'network.protocol.name': 'uwsgi' });
  });
});

describe('other families', () => {
  it('writes gRPC codes as text and lets the side decide what is an error', () => {
    const row = requestRow({ protocol: 'grpc', request_resource: '/shop.Cart/Get', response_code: '5' });
    expect(described(row, 'client')).toMatchObject({
      name: 'shop.Cart/Get',
      attributes: { 'rpc.system.name': 'grpc', 'rpc.status_code': 'NOT_FOUND', 'error.type': 'NOT_FOUND' },
      error: {},
    });
    expect(described(row, 'server').error).toBeUndefined();
  });

  it('names a Redis span after its command and an SQL span after the summary', () => {
    const redis = requestRow({ protocol: 'redis', request_type: 'GET', request_resource: 'GET ?', endpoint: 'GET' });
    expect(described(redis, 'client')).toMatchObject({
      name: 'GET',
      attributes: { 'db.system.name': 'redis', 'db.operation.name': 'GET', 'db.query.text': 'GET ?' },
    });
    const sql = requestRow({ protocol: 'mysql', request_type: 'SELECT', request_domain: 'shop', endpoint: '' });
    expect(described(sql, 'client').name).toBe('SELECT shop');
  });

  it('makes a Kafka produce a PRODUCER for its client', () => {
    const row = requestRow({ protocol: 'kafka', request_type: 'Produce', request_resource: 'orders' });
    expect(described(row, 'client')).toMatchObject({ name: 'produce orders', kind: 4 });
    expect(described(row, 'server').kind).toBe(2);
  });

  it.each([
    ['memcached', 'memcached', 'get'],
    ['mssql', 'microsoft.sql_server', 'SELECT'],
    ['cassandra', 'cassandra', 'SELECT'],
    ['mongodb', 'mongodb', 'find'],
  ])('calls %s the database system %s', (protocol, system, operation) => {
    const row = requestRow({ protocol, request_type: operation, endpoint: `${operation} books` });
    expect(described(row, 'client')).toMatchObject({
      name: `${operation} books`,
      attributes: { 'db.system.name': system, 'db.operation.name': operation },
    });
  });

  it.each([
    ['kafka', 'OffsetCommit', 'kafka', 'settle'],
    ['amqp', 'Basic.Publish', 'rabbitmq', 'send'],
    ['mqtt', 'PUBLISH', 'mqtt', 'send'],
    ['nats', 'HMSG', 'nats', 'receive'],
    ['rocketmq', 'SEND_MESSAGE_V2', 'rocketmq', 'send'],
    ['rocketmq', 'ACK_MESSAGE', 'rocketmq', 'settle'],
    ['pulsar', 'SEND', 'pulsar', 'send'],
    ['pulsar', 'MESSAGE', 'pulsar', 'receive'],
    ['openwire', 'TextMessage', 'activemq', 'send'],
    ['openwire', 'MessageDispatch', 'activemq', 'receive'],
    ['pulsar', 'LOOKUP', 'pulsar', undefined],
    ['zmtp', 'MESSAGE', 'zmtp', undefined],
  ])('gives %s %s the messaging system %s and the type %s', (protocol, operation, system, type) => {
    const row = requestRow({ protocol, request_type: operation, request_resource: 'orders' });
    const { name, kind, attributes } = described(row, 'client');
    expect(attributes['messaging.system.name']).toBe(system);
    expect(attributes['messaging.operation.type']).toBe(type);
    expect(name).toBe(type === undefined ? operation.toLowerCase() : `${operation.toLowerCase()} orders`);
    expect(kind).toBe(type === 'send' ? 4 : 3);
  });

  it.each(['dubbo', 'thrift', 'brpc', 'sofarpc', 'tars', 'krpc'])('holds a call of %s against who failed it', (rpc) => {
    const call = { protocol: rpc, request_resource: 'shop.Cart/get', response_code: '40' };
    const row = requestRow({ ...call, response_status: 'client_error' });
    expect(described(row, 'client')).toMatchObject({
      name: 'shop.Cart/get',
      attributes: { 'rpc.system.name': rpc, 'rpc.method': 'shop.Cart/get', 'error.type': '40' },
      error: {},
    });
    expect(described(row, 'server').error).toBeUndefined();
    expect(described({ ...row, response_status: 'server_error' }, 'server').error).toBeDefined();
  });

  it.each([
    ['icmp', 'ECHO', 'icmp ECHO'],
    ['ntp', 'CLIENT', 'ntp CLIENT'],
    ['dhcp', 'DISCOVER', 'dhcp DISCOVER'],
    ['ssh', 'IDENTIFICATION', 'ssh IDENTIFICATION'],
    ['ldap', 'SearchRequest', 'ldap SearchRequest'],
  ])('names what is neither call, query nor message after protocol and type: %s', (protocol, type, name) => {
    expect(described(requestRow({ protocol, request_type: type, endpoint: type }), 'client').name).toBe(name);
  });

  it('takes the server of a TLS handshake from its server_name', () => {
    const row = requestRow({
      protocol: 'tls',
      request_type: 'ClientHello',
      request_domain: 'shop.example',
      server_port: 443,
    });
    expect(described(row, 'client')).toMatchObject({
      name: 'tls ClientHello',
      attributes: { 'server.address': 'shop.example', 'server.port': 443 },
    });
  });

  it('keeps the DNS answer and its failure', () => {
    const row = requestRow({
      protocol: 'dns',
      request_type: 'A',
      request_resource: 'shop.example',
      response_code: '3',
      response_exception: 'NXDOMAIN',
      response_status: 'client_error',
    });
    expect(described(row, 'client')).toMatchObject({
      name: 'DNS A',
      attributes: { 'dns.question.name': 'shop.example', 'error.type': 'NXDOMAIN' },
    });
  });

  it('names what no convention covers after protocol, type and endpoint', () => {
    const row = requestRow({ protocol: 'websocket', request_type: 'CONNECTION', endpoint: '/v1/events' });
    expect(described(row, 'client').name).toBe('websocket CONNECTION /v1/events');
    const ftp = requestRow({ protocol: 'ftp', request_type: 'USER', endpoint: 'USER' });
    expect(described(ftp, 'client').name).toBe('ftp USER');
  });

  it('marks a request without an answer', () => {
    const row = requestRow({ ...http, has_response: false, response_status: 'timeout' });
    expect(described(row, 'server')).toMatchObject({ error: {}, attributes: { 'error.type': 'timeout' } });
  });

  it('survives attributes that are not JSON', () => {
    expect(described(requestRow({ ...http, attributes: '{' }), 'client').name).toBe('GET');
  });
});

describe('service.name', () => {
  it('is the workload, then the service, then a resource of its own, then the process, then the host', () => {
    const host = { server_ip: '10.0.0.2', server_host: 'h1' };
    const nameOf = (tags: object) => serviceName(requestRow({ ...host, ...tags }), 'server');
    expect(nameOf({})).toBe('h1');
    expect(nameOf({ server_process: 'nginx' })).toBe('nginx');
    const vm = { server_process: 'nginx', server_resource_type: 'vm', server_resource_name: 'shop-vm' };
    expect(nameOf(vm)).toBe('shop-vm');
    expect(nameOf({ ...vm, server_workload: 'shop' })).toBe('shop');
  });

  it('is the address where nobody knows more, and one name for all of the internet', () => {
    expect(serviceName(requestRow({ client_ip: '10.9.9.9' }), 'client')).toBe('10.9.9.9');
    const out = requestRow({ ...http, server_resource_type: 'internet', server_ip: '203.0.113.7' });
    expect(serviceName(out, 'server')).toBe('internet');
    expect(serviceName({ ...out, request_domain: 'api.example.com:443' }, 'server')).toBe('api.example.com');
  });

  it('makes one resource per side, with Kubernetes attributes', () => {
    const resources = new Resources();
    const row = requestRow({
      client_workload: 'web',
      client_workload_kind: 'Deployment',
      client_namespace: 'shop',
      client_pod: 'web-1',
      client_labels: '{"app":"web"}',
    });
    expect(resources.of(row, 'client')).toBe(resources.of({ ...row }, 'client'));
    expect(resources.of(row, 'client').attributes).toMatchObject({
      'service.name': 'web',
      'service.namespace': 'shop',
      'k8s.pod.name': 'web-1',
      'k8s.deployment.name': 'web',
      'k8s.pod.label.app': 'web',
    });
  });
});
