// A service on Node: HTTP, HTTPS with LAB_KEY and LAB_CERTIFICATE. See ../../README.md for LAB_PLAN.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { calls } from './calls.mjs';

const { LAB_PORT, LAB_PLAN = '[]', LAB_KEY, LAB_CERTIFICATE } = process.env;
const plan = JSON.parse(LAB_PLAN);

async function call(step, from) {
  const [what, ms] = step.split(' ');
  if (what === 'sleep') return sleep(Math.random() * ms);
  const ask = calls[step.slice(0, step.indexOf(':'))];
  for (;;) {
    // A pipeline is several requests in one go.
    const ids = Array.from({ length: what.startsWith('pipeline:') ? 3 : 1 }, () => randomBytes(6).toString('hex'));
    for (const id of ids) console.log(`${from} ${id} ${step}`);
    if ((await ask(step, ...ids)) !== 503) return;
  }
}

async function serve(request, response) {
  const id = request.url.split('/').at(-1);
  for (const stage of plan) await Promise.all(stage.map((step) => call(step, id)));
  response.end('ok\n');
}

const server = LAB_KEY
  ? https.createServer({ key: readFileSync(LAB_KEY), cert: readFileSync(LAB_CERTIFICATE) }, serve)
  : http.createServer(serve);
server.keepAliveTimeout = 60_000;
server.listen(Number(LAB_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
