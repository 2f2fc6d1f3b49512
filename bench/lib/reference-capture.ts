import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDir } from './data.ts';
import { NginxNetwork, serverInterface } from './nginx-network.ts';

/**
 * The file that the packet benchmarks read: nginx in a network namespace under wrk, first 100 connections of 20
 * requests each with small answers, then 50 connections with answers of 20 kB; offloads off, so that segments have
 * their real size; snap length 256. Made once, then kept. 40 s are about 10 M packets, so that the start of a process, and the
 * compiling of what it runs, do not decide.
 */
export async function referenceCapture(seconds = 40): Promise<string> {
  const file = join(dataDir(), `nginx-${seconds}s.pcap`);
  if (existsSync(file)) return file;
  process.stderr.write(`recording ${seconds} s of nginx under wrk ...\n`);
  const network = new NginxNetwork(20);
  const options = ['-Z', 'root', '-i', serverInterface, '-s', '256', '-B', '262144', '-w', `${file}.part`, 'tcp'];
  const tcpdump = network.onServer('tcpdump', ...options);
  try {
    await sleep(1000);
    const half = Math.ceil(seconds / 2);
    await network.load({ seconds: half, connections: 100, path: 'small' });
    await network.load({ seconds: seconds - half, connections: 50, path: 'large' });
    tcpdump.kill('SIGINT');
    await new Promise((resolve) => tcpdump.once('close', resolve));
  } finally {
    network.close();
  }
  renameSync(`${file}.part`, file);
  process.stderr.write(`${file}: ${(statSync(file).size / 1e6).toFixed(0)} MB\n`);
  return file;
}
