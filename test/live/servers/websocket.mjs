// An echo over WebSocket: `node websocket.mjs PORT`.
import { WebSocketServer } from 'ws';

new WebSocketServer({ port: Number(process.argv[2]) }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
});
