import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDir } from './data.ts';

const SERVER = 'flowloom-bench-server';
const CLIENT = 'flowloom-bench-client';
const ADDRESS = '10.78.0.1';
const SMALL_ANSWER_BYTES = 100;
const LARGE_ANSWER_BYTES = 20_000;

/**
 * The file that the packet benchmarks read: nginx in a network namespace under wrk, first 100 connections of 20
 * requests each with small answers, then 50 connections with answers of 20 kB; offloads off, so that segments have
 * their real size; snap length 256. About 6 M packets in 16 s. Made once, then kept.
 */
export async function referenceCapture(seconds = 16): Promise<string> {
  const file = join(dataDir(), `reference-${seconds}s.pcap`);
  if (existsSync(file)) return file;
  process.stderr.write(`recording ${seconds} s of nginx under wrk ...\n`);
  const work = join(dataDir(), 'nginx');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'small'), 'x'.repeat(SMALL_ANSWER_BYTES));
  writeFileSync(join(work, 'large'), 'x'.repeat(LARGE_ANSWER_BYTES));
  writeFileSync(join(work, 'nginx.conf'), nginxConfig(work));
  networkUp();
  const inServer = (...command: string[]) =>
    spawn('ip', ['netns', 'exec', SERVER, ...command], { stdio: ['ignore', 'ignore', 'inherit'] });
  const nginx = inServer('nginx', '-p', work, '-c', join(work, 'nginx.conf'), '-e', 'stderr');
  const tcpdump = inServer(
    'tcpdump',
    '-Z',
    'root',
    '-i',
    'eth0',
    '-s',
    '256',
    '-B',
    '262144',
    '-w',
    `${file}.part`,
    'tcp',
  );
  try {
    await sleep(1000);
    const half = Math.ceil(seconds / 2);
    wrk(half, 100, 'small');
    wrk(seconds - half, 50, 'large');
    tcpdump.kill('SIGINT');
    await new Promise((resolve) => tcpdump.once('close', resolve));
  } finally {
    nginx.kill('SIGTERM');
    networkDown();
  }
  renameSync(`${file}.part`, file);
  process.stderr.write(`${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB\n`);
  return file;
}

function nginxConfig(work: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${work}/${name};`,
  );
  return `daemon off; worker_processes 1; pid ${work}/pid; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; keepalive_requests 20; ${paths.join(' ')}
  server { listen ${ADDRESS}:80 backlog=4096; root ${work}; } }
`;
}

function wrk(seconds: number, connections: number, path: string): void {
  const url = `http://${ADDRESS}/${path}`;
  const command = ['netns', 'exec', CLIENT, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, url];
  execFileSync('ip', command, { stdio: 'ignore' });
}

function networkUp(): void {
  networkDown();
  const ip = (command: string) => execFileSync('ip', command.split(' '));
  for (const name of [SERVER, CLIENT]) ip(`netns add ${name}`);
  ip(`-n ${SERVER} link add eth0 type veth peer name eth0 netns ${CLIENT}`);
  ip(`-n ${SERVER} addr add ${ADDRESS}/24 dev eth0`);
  ip(`-n ${CLIENT} addr add 10.78.0.2/24 dev eth0`);
  for (const name of [SERVER, CLIENT]) {
    ip(`-n ${name} link set eth0 up`);
    execFileSync(
      'ip',
      ['netns', 'exec', name, 'ethtool', '-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off'],
      {
        stdio: 'ignore',
      },
    );
  }
}

function networkDown(): void {
  for (const name of [SERVER, CLIENT]) {
    try {
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' });
    } catch {
      // It was not there.
    }
  }
}
