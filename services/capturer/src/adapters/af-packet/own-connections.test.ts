import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnConnections } from './own-connections.ts';

const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const rest = (inode: number) => `00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 20 4 30 10 -1`;
const established = '01';
const listen = '0A';

describe('OwnConnections', () => {
  let proc: string;
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'flowloom-proc-'));
    mkdirSync(join(proc, 'fd'));
    mkdirSync(join(proc, 'net'));
    symlinkSync('socket:[700]', join(proc, 'fd', '5'));
    symlinkSync('socket:[701]', join(proc, 'fd', '6'));
    symlinkSync('/dev/null', join(proc, 'fd', '0'));
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  it('finds the connections of this process alone, without what it listens on', () => {
    const lines = [
      `   0: 00000000:2508 00000000:0000 ${listen} ${rest(701)}`,
      `   1: 0100000A:9C40 0200000A:2384 ${established} ${rest(700)}`,
      `   2: 0100000A:9C41 0200000A:2384 ${established} ${rest(800)}`,
    ];
    writeFileSync(join(proc, 'net', 'tcp'), `${head}${lines.join('\n')}\n`);
    expect(new OwnConnections(proc).now()).toEqual([
      { local: [0, 0, 0xffff, 0x0a000001], localPort: 40_000, remote: [0, 0, 0xffff, 0x0a000002], remotePort: 9092 },
    ]);
  });

  it('reads IPv6 addresses, each word in host order', () => {
    const [local, remote] = ['B80D0120000000000000000001000000', 'B80D0120000000000000000002000000'];
    writeFileSync(join(proc, 'net', 'tcp6'), `${head}   0: ${local}:9C40 ${remote}:18EB ${established} ${rest(700)}\n`);
    expect(new OwnConnections(proc).now()).toEqual([
      { local: [0x20010db8, 0, 0, 1], localPort: 40_000, remote: [0x20010db8, 0, 0, 2], remotePort: 6379 },
    ]);
  });

  it('looks for new sockets twice, since one may be there before it connects, and forgets those that are closed', () => {
    const line = (port: string, inode: number) =>
      `   0: 0100000A:${port} 0200000A:2384 ${established} ${rest(inode)}\n`;
    const own = new OwnConnections(proc);
    const ports = () => own.now().map(({ localPort }) => localPort);
    expect(ports()).toEqual([]);
    writeFileSync(join(proc, 'net', 'tcp'), `${head}${line('0001', 700)}`);
    expect(ports()).toEqual([1]);
    writeFileSync(join(proc, 'net', 'tcp'), `${head}${line('0001', 700)}${line('0002', 702)}`);
    expect(ports()).toEqual([1]);
    symlinkSync('socket:[702]', join(proc, 'fd', '7'));
    expect(ports()).toEqual([1, 2]);
    rmSync(join(proc, 'fd', '5'));
    expect(ports()).toEqual([2]);
  });

  it("finds a real connection of this process in the kernel's own tables", async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    try {
      const { localPort, remotePort } = socket;
      const address = [0, 0, 0xffff, 0x7f000001];
      expect(new OwnConnections().now()).toContainEqual({ local: address, localPort, remote: address, remotePort });
    } finally {
      socket.destroy();
      server.close();
    }
  });
});
