import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RawRequest } from '@flowloom/records';
import { eventually, freePorts, isListening, missing, titled } from '@flowloom/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';
import { goProgram } from './go-program.ts';

const reason = unseen() ?? (process.arch === 'x64' ? await missing('go', 'openssl') : 'Go TLS is seen on amd64 alone');

describe.skipIf(reason)(titled('plaintext of crypto/tls', reason), () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-go-tls-'));
  const children: ChildProcess[] = [];
  let program: string;
  let watch: SyscallWatch;

  beforeAll(async () => {
    const names = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    const flags = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', ...names];
    execFileSync('openssl', ['req', ...flags], { stdio: 'ignore' });
    program = await goProgram('go-tls', '-s -w');
  }, 180_000);
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await watch?.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function serve(command = program): Promise<number> {
    const [port] = await freePorts(1);
    const files = ['cert.pem', 'key.pem'].map((name) => join(folder, name));
    children.push(spawn(command, ['serve', `127.0.0.1:${port}`, ...files], { stdio: ['ignore', 'ignore', 'inherit'] }));
    await eventually(() => isListening(port), 'the server');
    return port;
  }

  /** A client; what it returns asks for paths one after another. */
  async function client(version: 1 | 2, port: number): Promise<(...lines: string[]) => Promise<string[]>> {
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const child = spawn(program, ['ask', String(version), `https://127.0.0.1:${port}`], { stdio: [...stdio] });
    children.push(child);
    let said = '';
    child.stdout!.on('data', (text) => (said += text));
    await eventually(() => said.includes('ready'), 'the client');
    return async (...lines) => {
      said = '';
      child.stdin!.write(lines.map((line) => `${line}\n`).join(''));
      await eventually(() => said.split('\n').length > lines.length, 'the answers');
      return said.trim().split('\n');
    };
  }

  const begin = () => {
    watch = new SyscallWatch({ processes: ['go-tls'] });
  };
  const rowsOf = (port: number, count: number): Promise<RawRequest[]> =>
    watch.until(count, (row) => row.server_port === port && row.is_tls === true && row.request_resource !== undefined);
  const probed = () => eventually(() => watch.source.counters().tlsPrograms >= 1, 'the probes');
  const pairOf = ({ req_tcp_seq, resp_tcp_seq, request_resource }: RawRequest) => [
    request_resource,
    req_tcp_seq,
    resp_tcp_seq,
  ];
  const of = (rows: readonly RawRequest[], point: string) => rows.filter((row) => row.observation_point === point);

  it.each([1, 2] as const)('of HTTP/%i, in server and client that run already, stripped', async (version) => {
    const port = await serve();
    const ask = await client(version, port);
    begin();
    await probed();
    await sleep(200);
    const paths = ['/1', '/2', '/3', '/4'];
    const answers = await ask(...paths);
    expect(new Set(answers)).toEqual(new Set([version === 1 ? 'HTTP/1.1 200 OK' : 'HTTP/2.0 200 OK']));
    const rows = await rowsOf(port, 8);
    for (const point of ['c-p', 's-p']) {
      expect(of(rows, point).map((row) => row.request_resource)).toEqual(paths);
      expect(of(rows, point).map((row) => row.response_code)).toEqual(['200', '200', '200', '200']);
      expect(new Set(of(rows, point).map((row) => row.protocol))).toEqual(new Set([version === 1 ? 'http' : 'http2']));
    }
    expect(of(rows, 's-p').map(pairOf)).toEqual(of(rows, 'c-p').map(pairOf));
    for (const row of rows) expect(row.req_tcp_seq).not.toBe(0);
  });

  it('of processes that begin while it watches, within a second, with symbols; and of long bodies', async () => {
    begin();
    const port = await serve(await goProgram('go-tls'));
    const ask = await client(1, port);
    await sleep(1000);
    await ask('/short', `/long ${'y'.repeat(50_000)}`);
    const rows = await rowsOf(port, 4);
    expect(of(rows, 's-p').map((row) => row.request_resource)).toEqual(['/short', '/long']);
    expect(of(rows, 's-p').map(pairOf)).toEqual(of(rows, 'c-p').map(pairOf));
    for (const row of rows) expect(row.request_bytes! > 50_000).toBe(row.request_resource === '/long');
  });
});
