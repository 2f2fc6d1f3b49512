// A service on Node without a single promise: callbacks alone, steps one after another, and an agent of LAB_POOL connections. See ../../README.md.
const { randomBytes } = require('node:crypto');
const http = require('node:http');

const { LAB_PORT, LAB_PLAN = '[]', LAB_POOL } = process.env;
const steps = JSON.parse(LAB_PLAN).flat();
const agent = new http.Agent({ keepAlive: true, maxSockets: LAB_POOL ? Number(LAB_POOL) : Number.POSITIVE_INFINITY });

function call(step, from, done) {
  const id = randomBytes(6).toString('hex');
  console.log(`${from} ${id} ${step}`);
  http.get(`${step}/${id}`, { agent }, (response) => response.resume().on('end', done));
}

function work([step, ...others], from, done) {
  if (step === undefined) done();
  else call(step, from, () => work(others, from, done));
}

const server = http.createServer((request, response) => {
  work(steps, request.url.split('/').at(-1), () => response.end('ok\n'));
});
server.keepAliveTimeout = 60_000;
server.listen(Number(LAB_PORT), '127.0.0.1');
process.on('SIGTERM', () => process.exit());
