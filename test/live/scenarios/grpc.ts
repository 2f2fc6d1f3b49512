import { fileURLToPath } from 'node:url';
import { grpcGoBinary } from '@flowloom/testkit';
import type { ExpectedRequest, Scenario } from '../scenario.ts';

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const trace: ExpectedRequest = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };

const call = (
  stream: number,
  service: string,
  method: string,
  code: string | null,
  response_status: ExpectedRequest['response_status'],
  more: ExpectedRequest = {},
): ExpectedRequest => ({
  protocol: 'grpc',
  version: '2',
  protocol_request_id: String(stream),
  request_type: 'POST',
  request_resource: `/${service}/${method}`,
  endpoint: `${service}/${method}`,
  response_code: code,
  response_status,
  ...more,
});

export const grpcGo: Scenario = {
  name: 'grpc-go',
  about: 'grpc-go 1.76, server and client',
  needs: ['root', 'ip', 'grpc-go'],
  ports: [8051],
  secrets: ['s3cr3t-grpc-message'],
  packedSecrets: ['s3cr3t-grpc-bearer'],
  serve: async (stage) => {
    await stage.serve({ name: 'grpc-go', port: 8051, command: [await grpcGoBinary(), 'serve', ':8051'] });
  },
  drive: async (stage) => {
    await stage.run([await grpcGoBinary(), 'call', `${stage.serverAddress}:8051`]);
    const health = 'grpc.health.v1.Health';
    const test = 'grpc.testing.TestService';
    return [
      call(1, health, 'Check', '0', 'ok'),
      call(3, health, 'Check', '5', 'client_error', { response_exception: 'unknown service' }),
      call(5, test, 'EmptyCall', '0', 'ok'),
      call(7, test, 'UnaryCall', '0', 'ok', trace),
      call(9, test, 'UnaryCall', '7', 'client_error', { response_exception: 'not so' }),
      call(11, test, 'UnaryCall', '14', 'server_error', { response_exception: 'not so' }),
      call(13, test, 'StreamingOutputCall', '0', 'ok'),
      call(15, test, 'StreamingInputCall', '0', 'ok'),
      call(17, test, 'FullDuplexCall', '0', 'ok'),
      call(19, test, 'UnimplementedCall', '12', 'server_error'),
      // The client gave it up.
      call(21, test, 'UnaryCall', null, 'client_error', { response_exception: 'CANCEL' }),
    ];
  },
};

const together = Array.from({ length: 10 }, (_, i) => i);

export const grpcNode: Scenario = {
  name: 'grpc-node',
  about: 'grpc-js 1.14 on Node 24, server and client',
  needs: ['root', 'ip'],
  ports: [8052],
  secrets: ['s3cr3t-grpc-title'],
  packedSecrets: ['s3cr3t-grpc-bearer'],
  serve: async (stage) => {
    await stage.serve({
      name: 'grpc-node',
      port: 8052,
      command: [process.execPath, local('../servers/grpc.ts'), '0.0.0.0:8052'],
    });
  },
  drive: async (stage) => {
    await stage.run([process.execPath, local('../clients/grpc.ts'), `${stage.serverAddress}:8052`]);
    const service = 'shop.v1.Books';
    return [
      call(1, service, 'Get', '0', 'ok', trace),
      call(3, service, 'Get', '5', 'client_error', { response_exception: 'no such book' }),
      call(5, service, 'List', '0', 'ok'),
      call(7, service, 'Add', '0', 'ok'),
      call(9, service, 'Talk', '0', 'ok'),
      ...together.map((i) => call(11 + 2 * i, service, 'Get', '0', 'ok')),
    ];
  },
};
