import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually, NetworkNamespaces } from '@flowloom/testkit';
import type { RecorderOptions, Recording } from './recorder.ts';

const recorder = fileURLToPath(new URL('recorder.ts', import.meta.url));
export const echoPort = 7;

const echo = `
  const udp = require('node:dgram').createSocket('udp4');
  udp.on('message', (text, from) => udp.send(text, from.port, from.address)).bind(${echoPort});
  require('node:net').createServer((socket) => socket.pipe(socket)).listen(${echoPort});`;

/** Sends numbered datagrams from several ports, each after the answer to the one before on its port. */
const exchange = (address: string, ports: number, perPort: number) => `
  const dgram = require('node:dgram');
  for (let port = 0; port < ${ports}; port++) {
    const udp = dgram.createSocket('udp4');
    let number = port * ${perPort};
    const last = number + ${perPort};
    const send = () => number < last ? udp.send((number++ + ' ').padEnd(100, '.'), ${echoPort}, '${address}') : udp.close();
    udp.on('message', send);
    send();
  }`;

const flood = (address: string, datagrams: number) => `
  const udp = require('node:dgram').createSocket('udp4');
  let sent = 0;
  const send = () => sent++ < ${datagrams} ? udp.send(Buffer.alloc(1400), 9, '${address}', send) : udp.close();
  send();`;

/** A server that captures, and a client that talks to it: 10.233.0.1 and 10.233.0.2. */
export class CaptureNetwork {
  readonly server = '10.233.0.1';
  readonly client = '10.233.0.2';
  readonly network: NetworkNamespaces;
  readonly #ends: (() => void)[] = [];

  constructor(...others: string[]) {
    this.network = new NetworkNamespaces('server', 'client', ...others);
    this.network.link({ between: ['server', 'client'], addresses: [`${this.server}/24`, `${this.client}/24`] });
  }

  /** Echo over UDP and TCP on a host. */
  async serve(host: string): Promise<void> {
    const child = this.network.spawn(host, [process.execPath, '-e', echo], { stdio: 'ignore' });
    this.#ends.push(() => child.kill('SIGKILL'));
    await eventually(() => this.network.exec(host, 'ss', '-Hlun').includes(`:${echoPort}`), 'the echo server');
  }

  /** Records on the server. The result stops it and gives what was seen. */
  async record(options: RecorderOptions): Promise<() => Promise<Recording>> {
    const command = [process.execPath, recorder, JSON.stringify(options)];
    const child = this.network.spawn('server', command, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ends.push(() => child.kill('SIGKILL'));
    let output = '';
    let log = '';
    child.stdout!.on('data', (chunk) => (output += chunk));
    child.stderr!.on('data', (chunk) => (log += chunk));
    await eventually(() => {
      if (child.exitCode !== null) throw new Error(log);
      return log.includes('ready');
    }, 'the recorder');
    const closed = once(child, 'close');
    return async () => {
      child.stdin!.end();
      await closed;
      if (output === '') throw new Error(log);
      return JSON.parse(output);
    };
  }

  /** Numbered datagrams from a host to an echo server, and their answers. */
  exchange(from: string, address: string, ports: number, perPort: number): void {
    this.network.exec(from, process.execPath, '-e', exchange(address, ports, perPort));
  }

  /** Datagrams of 1,400 bytes without answer from the client to the server, as fast as it can. */
  flood(datagrams: number): void {
    this.network.exec('client', process.execPath, '-e', flood(this.server, datagrams));
  }

  /** The same on the server, over loopback. */
  floodLoopback(datagrams: number): void {
    this.network.exec('server', process.execPath, '-e', flood('127.0.0.1', datagrams));
  }

  close(): void {
    for (const end of this.#ends) end();
    this.network.close();
  }
}
