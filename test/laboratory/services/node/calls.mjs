// What the service asks, by the scheme of the step: `http` with a keep-alive agent, fetch (undici) or
// one session of HTTP/2 for all, and stock drivers with their pools, made at the first call. Drivers are loaded
// when the service starts, as programs do: those of the plan.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';

const { LAB_CLIENT = 'http', LAB_POOL, LAB_PLAN = '' } = process.env;
const driver = (scheme, name) => (LAB_PLAN.includes(`"${scheme}:`) ? import(name) : undefined);
const ioredis = (await driver('redis', 'ioredis')) ?? (await driver('pipeline', 'ioredis'));
const pg = await driver('postgres', 'pg');
const mysql2 = await driver('mysql', 'mysql2/promise');
const grpcJs = await driver('grpc', '@grpc/grpc-js');
const amqplib = await driver('amqp', 'amqplib');
const options = { keepAlive: true, maxSockets: LAB_POOL ? Number(LAB_POOL) : Number.POSITIVE_INFINITY };
const agents = { http: new http.Agent(options), https: new https.Agent(options) };
const clients = new Map();

/** What `make` gives for the step, once. */
function client(step, make) {
  if (!clients.has(step)) clients.set(step, make(new URL(step)));
  return clients.get(step);
}

async function ask(step, id) {
  const url = `${step}/${id}`;
  if (LAB_CLIENT === 'fetch') {
    const response = await fetch(url);
    await response.text();
    return response.status;
  }
  if (LAB_CLIENT === 'http2') return askHttp2(url);
  const [library, agent] = url.startsWith('https:') ? [https, agents.https] : [http, agents.http];
  return new Promise((done, failed) => {
    library
      .get(url, { agent }, (response) => response.resume().on('end', () => done(response.statusCode)))
      .on('error', failed);
  });
}

function askHttp2(url) {
  const session = client(new URL(url).origin, ({ origin }) => http2.connect(origin));
  return new Promise((done, failed) => {
    const stream = session.request({ ':path': new URL(url).pathname });
    let status;
    stream.on('response', (headers) => (status = headers[':status']));
    stream.on('end', () => done(status)).on('error', failed);
    stream.resume().end();
  });
}

const cacheOf = (step) => client(step, ({ host }) => new ioredis.Redis(`redis://${host}`));

async function redis(step, id) {
  return cacheOf(step).get(`lab:${id}`);
}

async function pipeline(step, ...ids) {
  const pipeline = cacheOf(step).pipeline();
  for (const id of ids) pipeline.get(`lab:${id}`);
  await pipeline.exec();
}

async function postgres(step, id) {
  const pool = client(step, () => new pg.default.Pool({ connectionString: step, max: Number(LAB_POOL ?? 16) }));
  return pool.query(`SELECT 1 AS lab_${id}`);
}

async function mysql(step, id) {
  const pool = client(step, ({ hostname, port, username, password }) =>
    mysql2.createPool({ host: hostname, port: Number(port), user: username, password, connectionLimit: 16 }),
  );
  return pool.query(`SELECT 1 AS lab_${id}`);
}

async function grpc(step, id) {
  const { Client, credentials } = grpcJs;
  const connection = client(step, ({ host }) => new Client(host, credentials.createInsecure()));
  const same = (bytes) => bytes;
  return new Promise((done, failed) => {
    connection.makeUnaryRequest(`/lab.Lab/${id}`, same, same, Buffer.from('?'), (error) =>
      error ? failed(error) : done(),
    );
  });
}

async function amqp(step, id) {
  const channel = await client(step, async () => (await amqplib.connect(step)).createChannel());
  channel.publish('lab', `lab_${id}`, Buffer.from('?'));
}

export const calls = { http: ask, https: ask, redis, pipeline, postgres, mysql, grpc, amqp };
