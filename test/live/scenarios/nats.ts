import { fileURLToPath } from 'node:url';
import type { ExpectedRequest, Scenario } from '../scenario.ts';

const client = fileURLToPath(new URL('../clients/nats.ts', import.meta.url));
const token = 's3cr3t-nats-token';

const message = (request_type: string, subject: string, more: ExpectedRequest = {}): ExpectedRequest => ({
  protocol: 'nats',
  request_domain: 'depot',
  request_type,
  request_resource: subject || null,
  endpoint: subject.split('.')[0] || null,
  response_status: 'ok',
  is_one_way: true,
  ...more,
});
const ping = message('PING', '', { is_one_way: null });
/** Where answers go has a name that the client draws. */
const inbox = (request_type: string, more: ExpectedRequest = {}): ExpectedRequest => {
  const { request_resource: _, ...rest } = message(request_type, '_INBOX');
  return { ...rest, ...more };
};
const trace: ExpectedRequest = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

export const nats: Scenario = {
  name: 'nats',
  about: 'NATS 2.9, nats.js 2.29',
  needs: ['root', 'ip', 'nats-server'],
  ports: [4222],
  order: ({ request_type, endpoint, response_status }) => `${request_type} ${endpoint} ${response_status}`,
  secrets: [token, 's3cr3t-nats-wrong', 's3cr3t-nats-payload', 's3cr3t-nats-header', 's3cr3t-nats-reply'],
  serve: async (stage) => {
    await stage.serve({
      name: 'nats',
      port: 4222,
      files: {
        'nats.conf': `listen: 0.0.0.0:4222\nserver_name: depot\nauthorization { token: "${token}" }\n`,
      },
      command: ['nats-server', '-c', 'nats.conf'],
    });
  },
  drive: async (stage) => {
    await stage.run([process.execPath, client, stage.serverAddress, token]);
    await stage.run([process.execPath, client, stage.serverAddress, 's3cr3t-nats-wrong']);
    return [
      ping,
      ...[message('SUB', 'shop.orders.*'), message('SUB', 'shop.prices'), ping],
      ...[message('PUB', 'shop.orders.7'), message('HPUB', 'shop.orders.8', trace)],
      ...[message('MSG', 'shop.orders.7'), message('HMSG', 'shop.orders.8', trace)],
      ...[inbox('SUB'), message('PUB', 'shop.prices'), message('MSG', 'shop.prices'), inbox('PUB'), inbox('MSG')],
      ...[message('PUB', 'shop.nobody'), inbox('HMSG', { response_code: '503', response_status: 'server_error' })],
      // Two subscriptions, then the connection are drained.
      ...[ping, ping, ping],
      // Refused: the client did not wait.
      { ...ping, response_status: 'unknown' },
      message('-ERR', '', { response_status: 'client_error', response_exception: 'Authorization Violation' }),
    ];
  },
};
