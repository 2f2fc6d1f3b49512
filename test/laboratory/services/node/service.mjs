// A service on Node: HTTP, HTTPS with LAB_KEY and LAB_CERTIFICATE, HTTP/2 in the clear with LAB_SERVE=http2, gRPC with grpc. See ../../README.md for LAB_PLAN.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { calls } from './calls.mjs';

const { LAB_PORT, LAB_PLAN = '[]', LAB_KEY, LAB_CERTIFICATE, LAB_SERVE = 'http', LAB_LOGS } = process.env;
const plan = JSON.parse(LAB_PLAN);
/** Lines of its log that are not written yet: most programs make no system call of their own between those of their calls. */
let lines = '';

function log(line) {
  if (LAB_LOGS === 'at once') return console.log(line);
  if (lines === '') setTimeout(flush, 50);
  lines += `${line}\n`;
}

function flush() {
  process.stdout.write(lines);
  lines = '';
}

async function call(step, from) {
  const [what, ms] = step.split(' ');
  if (what === 'sleep') return sleep(Math.random() * ms);
  const ask = calls[step.slice(0, step.indexOf(':'))];
  for (;;) {
    // A pipeline is several requests in one go.
    const ids = Array.from({ length: what.startsWith('pipeline:') ? 3 : 1 }, () => randomBytes(6).toString('hex'));
    for (const id of ids) log(`${from} ${id} ${step}`);
    if ((await ask(step, ...ids)) !== 503) return;
  }
}

async function serve(request, response) {
  await work(request.url.split('/').at(-1));
  response.end('ok\n');
}

async function work(id) {
  for (const stage of plan) await Promise.all(stage.map((step) => call(step, id)));
}

/** gRPC's methods are named after ids: one handler is for all. */
async function serveGrpc() {
  const { Server, ServerCredentials } = await import('@grpc/grpc-js');
  const server = new Server();
  const same = (bytes) => bytes;
  const of = (path) => ({
    type: 'unary',
    path,
    serialize: same,
    deserialize: same,
    func: (_, done) => work(path.split('/').at(-1)).then(() => done(null, Buffer.from('ok')), done),
  });
  server.handlers = { get: of };
  server.bindAsync(`127.0.0.1:${LAB_PORT}`, ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
}

function serveHttp() {
  const files = LAB_KEY && { key: readFileSync(LAB_KEY), cert: readFileSync(LAB_CERTIFICATE) };
  const server = files ? https.createServer(files, serve) : http.createServer(serve);
  server.keepAliveTimeout = 60_000;
  server.listen(Number(LAB_PORT), '127.0.0.1');
}

const start = {
  http: serveHttp,
  http2: () => http2.createServer(serve).listen(Number(LAB_PORT), '127.0.0.1'),
  grpc: serveGrpc,
};
await start[LAB_SERVE]();
process.on('SIGTERM', () => {
  flush();
  process.exit();
});
