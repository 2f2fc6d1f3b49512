import { execFileSync } from 'node:child_process';
import type { ExpectedRequest, Scenario } from '../scenario.ts';

const password = 's3cr3t-mqtt-password';

const packet = (
  version: string,
  client: string,
  request_type: string,
  topic: string | null,
  response_code: string | null,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'mqtt',
  version,
  request_domain: client,
  request_type,
  request_resource: topic,
  response_code,
  response_status: 'ok',
  ...more,
});

export const mosquitto: Scenario = {
  name: 'mosquitto',
  about: 'mosquitto 2.0, mosquitto_pub and mosquitto_sub (MQTT 3.1.1 and 5)',
  needs: ['root', 'ip', 'mosquitto', 'mosquitto_pub', 'mosquitto_sub', 'mosquitto_passwd'],
  ports: [1883],
  // What was kept for a client comes behind CONNACK, whatever it asks meanwhile.
  order: ({ client_port }) => (client_port === 1883 ? 'from the broker' : 'from a client'),
  secrets: [password, 's3cr3t-mqtt-wrong', 's3cr3t-mqtt-payload', 's3cr3t-mqtt-will', 's3cr3t-mqtt-property'],
  serve: async (stage) => {
    await stage.serve({
      name: 'mosquitto',
      port: 1883,
      files: {
        'mosquitto.conf': 'listener 1883 0.0.0.0\nuser root\npassword_file passwords\nallow_anonymous false\n',
      },
      prepare: async (folder) =>
        execFileSync('mosquitto_passwd', ['-b', '-c', 'passwords', 'app', password], { cwd: folder, stdio: 'ignore' }),
      command: ['mosquitto', '-c', 'mosquitto.conf'],
    });
  },
  drive: async (stage) => {
    const mqtt = (tool: 'pub' | 'sub', client: string, version: '311' | '5', ...flags: string[]) => {
      const access = ['-h', stage.serverAddress, '-u', 'app', '-P', password, '-i', client, '-V', version];
      return stage.run([`mosquitto_${tool}`, ...access, ...flags], { mayFail: true });
    };
    const will = ['--will-topic', 'shop/gone', '--will-payload', 's3cr3t-mqtt-will'];
    // Each publishes to a session that is kept, so that nothing depends on who is faster.
    await mqtt('sub', 'basket', '311', '-c', '-q', '2', '-t', 'shop/#', '-t', 'depot/+/stock', '-E');
    await mqtt('pub', 'till', '311', '-t', 'shop/orders', '-m', 's3cr3t-mqtt-payload', ...will);
    await mqtt('pub', 'till', '311', '-q', '1', '-t', 'shop/orders', '-m', 's3cr3t-mqtt-payload');
    await mqtt('pub', 'till', '311', '-q', '2', '-t', 'shop/orders/4711', '-m', 's3cr3t-mqtt-payload');
    await mqtt('sub', 'basket', '311', '-c', '-q', '2', '-t', 'shop/#', '-C', '2');
    await mqtt('pub', 'till', '311', '-P', 's3cr3t-mqtt-wrong', '-t', 'shop/orders', '-m', 'x');
    const property = ['-D', 'publish', 'user-property', 'token', 's3cr3t-mqtt-property'];
    const trace = [
      '-D',
      'publish',
      'user-property',
      'traceparent',
      '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    ];
    await mqtt('pub', 'till', '5', '-q', '1', '-t', 'shop/orders', '-m', 's3cr3t-mqtt-payload', ...property, ...trace);
    await mqtt('pub', 'till', '5', '-P', 's3cr3t-mqtt-wrong', '-t', 'shop/orders', '-m', 'x');
    await mqtt('sub', 'screen', '5', '-q', '1', '-t', 'shop/#', '-E');
    const v4 = (client: string, type: string, topic: string | null, code: string | null, more?: ExpectedRequest) =>
      packet('3.1.1', client, type, topic, code, more);
    const v5 = (client: string, type: string, topic: string | null, code: string | null, more?: ExpectedRequest) =>
      packet('5', client, type, topic, code, more);
    const connect = (client: string) => v4(client, 'CONNECT', null, '0');
    const disconnect = (client: string) => v4(client, 'DISCONNECT', null, null, { is_one_way: true });
    const refused: ExpectedRequest = { response_status: 'client_error' };
    const order = 'shop/orders';
    const numbered = 'shop/orders/4711';
    const id = (number: number): ExpectedRequest => ({ protocol_request_id: String(number) });
    const folded: ExpectedRequest = { endpoint: 'shop/orders/{id}' };
    // The broker asks too: it publishes to those who subscribed.
    const fromBroker: ExpectedRequest = { client_port: 1883 };
    return [
      connect('basket'),
      v4('basket', 'SUBSCRIBE', 'shop/#,depot/+/stock', '0'),
      disconnect('basket'),
      ...[connect('till'), v4('till', 'PUBLISH', order, null, { is_one_way: true }), disconnect('till')],
      ...[connect('till'), v4('till', 'PUBLISH', order, '0', id(1)), disconnect('till')],
      ...[connect('till'), v4('till', 'PUBLISH', numbered, '0', { ...id(1), ...folded }), disconnect('till')],
      connect('basket'),
      v4('basket', 'SUBSCRIBE', 'shop/#', '0', { endpoint: 'shop/#' }),
      v4('basket', 'PUBLISH', order, '0', { ...id(1), ...fromBroker }),
      v4('basket', 'PUBLISH', numbered, '0', { ...id(2), ...folded, ...fromBroker }),
      disconnect('basket'),
      v4('till', 'CONNECT', null, '5', refused),
      v5('till', 'CONNECT', null, '0'),
      v5('till', 'PUBLISH', order, '0', { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' }),
      v5('till', 'DISCONNECT', null, null, { is_one_way: true }),
      v5('till', 'CONNECT', null, '135', refused),
      v5('screen', 'CONNECT', null, '0'),
      v5('screen', 'SUBSCRIBE', 'shop/#', '0'),
      v5('screen', 'DISCONNECT', null, null, { is_one_way: true }),
    ];
  },
};
