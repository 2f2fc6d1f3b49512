import type { ExpectedRequest, Scenario } from '../scenario.ts';

const config = `server:
  interface: 0.0.0.0
  access-control: 0.0.0.0/0 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "."
  pidfile: ""
  use-syslog: no
  logfile: ""
  module-config: "iterator"
  num-threads: 1
  local-zone: "shop.example." static
  local-data: "shop.example. 300 IN SOA ns.shop.example. root.shop.example. 1 2 3 4 5"
  local-data: "www.shop.example. 300 IN A 192.0.2.1"
  local-data: "www.shop.example. 300 IN AAAA 2001:db8::1"
  local-data: "shop.example. 300 IN MX 10 mail.shop.example."
  local-data: "_http._tcp.shop.example. 300 IN SRV 0 5 80 www.shop.example."
  local-data: 'shop.example. 300 IN TXT "v=spf1 -all"'
  local-data-ptr: "192.0.2.1 300 www.shop.example"
  local-zone: "refused.example." refuse
remote-control:
  control-enable: no
forward-zone:
  name: "broken.example."
  forward-addr: 127.0.0.1@9
`;

const request = (
  id: number,
  request_type: string,
  request_resource: string,
  response_code: string | null,
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'dns',
  transport: 'udp',
  protocol_request_id: String(id),
  request_type,
  request_domain: request_resource,
  request_resource,
  response_code,
  response_status: response_code === '0' ? 'ok' : response_code === '3' ? 'client_error' : 'server_error',
  ...more,
});

export const dns: Scenario = {
  name: 'dns',
  about: 'unbound 1.17, dig 9.18',
  needs: ['root', 'ip', 'unbound', 'dig'],
  ports: [53],
  secrets: [],
  serve: async (stage) => {
    await stage.serve({
      name: 'unbound',
      port: 53,
      transport: 'udp',
      command: ['unbound', '-d', '-c', 'unbound.conf'],
      files: { 'unbound.conf': config },
    });
  },
  drive: async (stage) => {
    const dig = (...args: string[]) =>
      stage.run(['dig', `@${stage.serverAddress}`, '+tries=1', '+nocookie', ...args], { mayFail: true });
    await dig('+qid=11', 'www.shop.example', 'A');
    await dig('+qid=12', 'www.shop.example', 'AAAA');
    await dig('+qid=13', 'shop.example', 'MX');
    await dig('+qid=14', 'shop.example', 'TXT');
    await dig('+qid=15', '_http._tcp.shop.example', 'SRV');
    await dig('+qid=16', '-x', '192.0.2.1');
    await dig('+qid=17', 'nothing.shop.example', 'A');
    await dig('+qid=18', 'a.refused.example', 'A');
    await dig('+qid=19', 'a.broken.example', 'A');
    await dig('+qid=20', 'mail.shop.example', 'A');
    // An option behind a name is that query's, the one before all names every other's.
    await dig('+tcp', '+keepopen', '+qid=21', 'www.shop.example', 'A', '+qid=22', 'nothing.shop.example', 'A');
    return [
      request(11, 'A', 'www.shop.example', '0', { response_result: 'A 192.0.2.1' }),
      request(12, 'AAAA', 'www.shop.example', '0', { response_result: 'AAAA 2001:db8::1' }),
      request(13, 'MX', 'shop.example', '0'),
      request(14, 'TXT', 'shop.example', '0'),
      request(15, 'SRV', '_http._tcp.shop.example', '0'),
      request(16, 'PTR', '1.2.0.192.in-addr.arpa', '0'),
      request(17, 'A', 'nothing.shop.example', '3', { response_exception: 'NXDOMAIN' }),
      request(18, 'A', 'a.refused.example', '5'),
      request(19, 'A', 'a.broken.example', '2'),
      request(20, 'A', 'mail.shop.example', '3'),
      request(22, 'A', 'www.shop.example', '0', { transport: 'tcp' }),
      request(21, 'A', 'nothing.shop.example', '3', { transport: 'tcp' }),
    ];
  },
};
