// A service on Node: `http` with a keep-alive agent, or fetch (undici), and ioredis. See ../README.md for LAB_PLAN.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const { LAB_PORT, LAB_PLAN = '[]', LAB_CLIENT = 'http', LAB_POOL } = process.env;
const agent = new http.Agent({ keepAlive: true, maxSockets: LAB_POOL ? Number(LAB_POOL) : Number.POSITIVE_INFINITY });
const caches = new Map();

function get(url) {
  return new Promise((done, failed) => {
    http
      .get(url, { agent }, (response) => response.resume().on('end', () => done(response.statusCode)))
      .on('error', failed);
  });
}

async function call(step, from) {
  const [what, ms] = step.split(' ');
  if (what === 'sleep') return sleep(Math.random() * ms);
  const id = randomBytes(6).toString('hex');
  console.log(`${from} ${id} ${step}`);
  if (!step.startsWith('redis:')) {
    return LAB_CLIENT === 'fetch' ? (await fetch(`${step}/${id}`)).text() : get(`${step}/${id}`);
  }
  if (!caches.has(step)) caches.set(step, new Redis(step));
  return caches.get(step).get(`lab:${id}`);
}

const server = http.createServer(async (request, response) => {
  const id = request.url.split('/').at(-1);
  for (const stage of JSON.parse(LAB_PLAN)) await Promise.all(stage.map((step) => call(step, id)));
  response.end('ok\n');
});
server.keepAliveTimeout = 60_000;
server.listen(Number(LAB_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
