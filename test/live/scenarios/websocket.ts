import { fileURLToPath } from 'node:url';
import type { Scenario } from '../scenario.ts';

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const port = 8090;
/** Bytes of the client's three messages, which come back. */
const said = 's3cr3t-websocket-text'.length + 3000;

export const websocket: Scenario = {
  name: 'websocket',
  about: 'ws 8 as the server, the WebSocket client of Node 24',
  needs: ['root', 'ip'],
  ports: [port],
  // What a client says is masked on the wire (RFC 6455 5.3), the echo is not.
  secrets: ['s3cr3t-websocket-text', 's3cr3t-websocket-query'],
  serve: async (stage) => {
    await stage.serve({
      name: 'websocket',
      port,
      command: [process.execPath, local('../servers/websocket.mjs'), String(port)],
    });
  },
  drive: async (stage) => {
    const server = `${stage.serverAddress}:${port}`;
    await stage.run([
      process.execPath,
      local('../clients/websocket.ts'),
      `ws://${server}/stock/7?token=s3cr3t-websocket-query`,
    ]);
    return [
      {
        ...{ protocol: 'http', request_type: 'GET', request_domain: server, endpoint: '/stock/{id}' },
        ...{ request_resource: '/stock/7?token=REDACTED', response_code: '101', response_status: 'ok' },
      },
      {
        ...{ protocol: 'websocket', request_type: 'CONNECTION', response_code: '1000', response_status: 'ok' },
        attributes: {
          ...{ 'flowloom.websocket.messages_sent': 3, 'flowloom.websocket.messages_received': 3 },
          ...{ 'flowloom.websocket.bytes_sent': said, 'flowloom.websocket.bytes_received': said },
        },
      },
    ];
  },
};
