// Node's own WebSocket client: `node websocket.ts URL` says three things, hears them, and closes.
import { once } from 'node:events';

const socket = new WebSocket(process.argv[2]);
socket.binaryType = 'arraybuffer';
await once(socket, 'open');
for (const said of ['s3cr3t-websocket-text', new Uint8Array(3000), '']) {
  socket.send(said);
  await once(socket, 'message');
}
socket.close(1000, 'done');
await once(socket, 'close');
