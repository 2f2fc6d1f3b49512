import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { RawRequest } from '@flowloom/records';
import { eventually, freePorts, isListening, missing, startNginx, startRedis, titled } from '@flowloom/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EbpfSource } from '../../../services/capturer/src/adapters/ebpf/ebpf-source.ts';
import { everything } from '../../../services/capturer/src/adapters/ebpf/settings.ts';
import { SyscallKind } from '../../../services/capturer/src/core/syscalls/syscall-event.ts';
import { SyscallWatch, unseen } from '../../../services/capturer/src/testing/syscall-watch.ts';

const run = promisify(execFile);
const reason =
  unseen() ?? (await missing('nginx', 'redis-server', 'redis-cli', 'curl', 'python3', 'openssl', 'tshark'));
const bigBytes = 64 << 20;

/** What both processes of each request must have seen alike. */
const pairOf = ({ req_tcp_seq, resp_tcp_seq, request_resource, response_code }: Record<string, unknown>) =>
  JSON.stringify({ req_tcp_seq, resp_tcp_seq, request_resource, response_code });

describe.skipIf(reason)(titled('system calls by eBPF', reason), () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowloom-syscalls-'));
  const ends: (() => unknown)[] = [];
  let watch: SyscallWatch;

  beforeAll(() => {
    chmodSync(folder, 0o755); // the workers of nginx are not root
    watch = new SyscallWatch({ processes: ['nginx', 'curl', 'redis-server', 'redis-cli', 'python3', 'MainThread'] });
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
  });
  afterAll(async () => {
    await watch?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Rows of the server's port, once there are so many. */
  const rowsOf = (port: number, count: number, wanted: (row: RawRequest) => boolean = () => true) =>
    watch.until(count, (row) => row.server_port === port && wanted(row));

  /** Starts a program that listens on the port; it ends with the test. */
  async function serve(port: number, command: readonly string[]): Promise<number> {
    const child = spawn(command[0], command.slice(1), { stdio: 'ignore', cwd: folder });
    ends.push(() => child.kill('SIGKILL'));
    await eventually(() => isListening(port), command[0]);
    return child.pid!;
  }

  async function nginx(server?: string): Promise<{ url: string; port: number }> {
    const started = await startNginx({ server });
    ends.push(() => started.stop());
    return started;
  }

  it('gives each request of nginx a row of both processes, with the sequence numbers of the packets', async () => {
    const { url, port } = await nginx();
    const capture = join(folder, 'lo.pcap');
    const tshark = spawn('tshark', ['-q', '-i', 'lo', '-f', `tcp port ${port}`, '-w', capture], { stdio: 'ignore' });
    ends.push(() => tshark.kill('SIGKILL'));
    await eventually(() => existsSync(capture) && statSync(capture).size > 0, 'tshark');
    await run('curl', ['-s', `${url}/one`, `${url}/two`, '-X', 'DELETE', `${url}/three`]);
    const rows = await rowsOf(port, 6);
    const servers = rows.filter((row) => row.observation_point === 's-p');
    const clients = rows.filter((row) => row.observation_point === 'c-p');
    expect(servers.map(pairOf)).toEqual(clients.map(pairOf));
    expect(servers.map((row) => `${row.request_type} ${row.request_resource}`)).toEqual([
      'DELETE /one',
      'DELETE /two',
      'DELETE /three',
    ]);
    expect(new Set(servers.map((row) => row.process))).toEqual(new Set(['nginx']));
    expect(new Set(clients.map((row) => row.process))).toEqual(new Set(['curl']));
    for (const [i, server] of servers.entries()) {
      expect(server.start_us).toBeGreaterThanOrEqual(clients[i].start_us);
      expect(server.end_us).toBeLessThanOrEqual(clients[i].end_us);
    }
    const fields = ['-T', 'fields', '-e', 'tcp.seq_raw', '-o', 'tcp.relative_sequence_numbers:FALSE'];
    const seen = async (what: string) => {
      const { stdout } = await run('tshark', ['-r', capture, '-d', `tcp.port==${port},http`, '-Y', what, ...fields]);
      return stdout.trim().split('\n').map(Number);
    };
    await sleep(300);
    tshark.kill('SIGINT');
    await once(tshark, 'close');
    expect(servers.map((row) => row.req_tcp_seq)).toEqual(await seen('http.request'));
    expect(servers.map((row) => row.resp_tcp_seq)).toEqual(await seen('http.response'));
  });

  it('sees Redis, and HTTP over a Unix socket', async () => {
    const redis = await startRedis();
    ends.push(() => redis.stop());
    const socket = join(folder, 'http.sock');
    const { port } = await nginx(`listen unix:${socket}; location / { return 200 "hello\\n"; }`);
    await run('redis-cli', ['-p', String(redis.port), 'SET', 'name', 'value']);
    await run('curl', ['-s', '--unix-socket', socket, `http://localhost:${port}/by-unix`]);
    const sets = await rowsOf(redis.port, 2, (row) => row.request_type === 'SET');
    expect(sets.map((row) => [row.observation_point, row.process, row.protocol]).sort()).toEqual([
      ['c-p', 'redis-cli', 'redis'],
      ['s-p', 'redis-server', 'redis'],
    ]);
    expect(sets[0].req_tcp_seq).toBe(sets[1].req_tcp_seq);
    const unix = await watch.until(2, (row) => row.request_resource === '/by-unix');
    expect(unix.map((row) => [row.observation_point, row.process, row.transport]).sort()).toEqual([
      ['c-p', 'curl', 'unix'],
      ['s-p', 'nginx', 'unix'],
    ]);
  });

  it('counts all bytes of a message of 64 MB, and copies only its beginning', async () => {
    const file = join(folder, 'big');
    writeFileSync(file, '');
    truncateSync(file, bigBytes);
    const { url } = await nginx(`location / { root ${folder}; }`);
    const [pythonPort] = await freePorts(1);
    await serve(pythonPort, ['python3', '-m', 'http.server', String(pythonPort), '--bind', '127.0.0.1']);
    await run('curl', ['-s', '-o', '/dev/null', `${url}/big`]); // sendfile
    await run('curl', ['-s', '-o', '/dev/null', `http://127.0.0.1:${pythonPort}/big`]); // copied by the program
    const rows = await watch.until(4, (row) => row.request_resource === '/big');
    for (const row of rows) {
      expect(row.response_bytes).toBeGreaterThan(bigBytes);
      expect(row.response_bytes).toBeLessThan(bigBytes + 1000);
      expect(row.response_status).toBe('ok');
    }
  });

  it('copies the heads alone of long messages where nobody reads the ring, and loses none', async () => {
    const [port] = await freePorts(1);
    const long = `const net = require('node:net');
      const server = net.createServer((socket) => socket.resume().on('end', () => process.exit())).listen(${port}, '127.0.0.1', async () => {
        const socket = net.connect(${port}, '127.0.0.1');
        for (let i = 0; i < 150; i++) await new Promise((done) => socket.write(Buffer.alloc(16384, 'x'), done));
        socket.end();
      });`;
    const source = new EbpfSource({ ...everything, ports: [String(port)], tls: false, ringBytes: 1 << 20 });
    let bytes = 0;
    source.open({
      event: ({ kind, transport, lengthBytes }) => {
        if (kind === SyscallKind.write && transport === 'tcp') bytes += lengthBytes;
      },
      ownConnection: () => {},
      failed: (error) => {
        throw error;
      },
    });
    try {
      execFileSync(process.execPath, ['-e', long]);
      source.drain();
      const { lost } = source.counters();
      expect(bytes).toBe(150 * 16384);
      expect(lost.ring_full).toBe(0);
      expect(lost.ring_filling).toBeGreaterThan(100);
    } finally {
      await source.close();
    }
  });

  it('closes the requests of a process that dies in the middle of one', async () => {
    const { port } = await nginx();
    const code = `import os,socket
s=socket.create_connection(('127.0.0.1',${port}))
s.sendall(b'GET /unanswered HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' * 2 + b'POST /half HTTP/1.1\\r\\nContent-Length: 100\\r\\n\\r\\nabc')
os.kill(os.getpid(), 9)`;
    await run('python3', ['-c', code]).catch(() => {});
    const rows = await rowsOf(port, 3, (row) => row.observation_point === 'c-p');
    expect(rows.map((row) => [row.request_resource, row.response_status])).toEqual([
      ['/unanswered', 'unknown'],
      ['/unanswered', 'unknown'],
      ['/half', 'unknown'],
    ]);
    const answered = await rowsOf(port, 2, (row) => row.observation_point === 's-p' && row.has_response);
    expect(answered.length).toBeGreaterThanOrEqual(2); // nginx knows nothing of it yet
  });

  it('keeps up with 10,000 processes that live a moment, and forgets them', async () => {
    const { url, port } = await nginx();
    const lost = watch.source.counters().lost.ring_full;
    await run('sh', ['-c', 'i=0; while [ $i -lt 10000 ]; do ( : ); i=$((i+1)); done'], { timeout: 100_000 });
    await run('curl', ['-s', `${url}/after`]);
    expect(await rowsOf(port, 2, (row) => row.request_resource === '/after')).toHaveLength(2);
    expect(watch.source.counters().lost.ring_full).toBe(lost);
    await eventually(() => watch.source.followed < 1000, 'the processes to be forgotten');
  });

  describe('plaintext of TLS', () => {
    beforeAll(() => {
      const names = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
      const flags = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', ...names];
      execFileSync('openssl', ['req', ...flags], { stdio: 'ignore' });
    });

    const node = `const [key, cert] = ['key.pem', 'cert.pem'].map((name) => require('node:fs').readFileSync(name));
      require('node:https').createServer({ key, cert }, (q, r) => r.end('hello')).listen(Number(process.argv[1]), '127.0.0.1');`;
    const python = `import http.server, ssl, sys
server = http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), http.server.SimpleHTTPRequestHandler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()`;
    const nodeClient = `const https = require('node:https');
      const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
      const get = (path) => new Promise((done) => https.get('https://127.0.0.1:' + process.argv[1] + path, { agent },
        (r) => r.resume().on('end', done)));
      setTimeout(async () => { await get('/1'); await get('/2'); await get('/3'); agent.destroy(); }, 2000);`;

    /** Its records come to the server at once, and the server's reads end within some of them. */
    const pipelines = `import socket, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
connection = context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1]))))
cork = lambda on: connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, on)
def ask(path, more):
    connection.sendall(b'GET /%s HTTP/1.1\\r\\nhost: localhost\\r\\nx-more: %s\\r\\n\\r\\n' % (path, b'x' * more))
def receive(answers):
    got = b''
    while got.count(b'hello') < answers: got += connection.recv(65536)
ask(b'first', 0)
receive(1)
for more in (10, 3000):
    cork(1)
    for i in range(24): ask(b'%d-%d' % (more, i), more + i)
    cork(0)
    receive(24)`;

    /** Takes a record in many reads. */
    const inPieces = `import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    try: connection = context.wrap_socket(listener.accept()[0], server_side=True)
    except OSError: continue
    got = b''
    while piece := connection.recv(50):
        got += piece
        while b'\\r\\n\\r\\n' in got:
            got = got.split(b'\\r\\n\\r\\n', 1)[1]
            connection.sendall(b'HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhello')`;

    /** Reads from all connections that have something, and then returns what that is. */
    const firstFromAll = `import select, socket, ssl, sys, time
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain('cert.pem', 'key.pem')
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
sessions, greeted = {}, set()
def goes_on(one, data):
    incoming, outgoing, session = sessions[one]
    incoming.write(data)
    try:
        session.do_handshake()
        session.read(65536)
        session.write(b'HTTP/1.1 200 OK\\r\\ncontent-length: 5\\r\\n\\r\\nhello')
    except ssl.SSLWantReadError: pass
    one.sendall(outgoing.read())
while True:
    came = []
    for one in select.select([listener, *sessions], [], [])[0]:
        if one is listener:
            one = listener.accept()[0]
            memory = ssl.MemoryBIO(), ssl.MemoryBIO()
            sessions[one] = (*memory, context.wrap_bio(*memory, server_side=True))
        elif not (data := one.recv(65536)): del sessions[one]
        elif one in greeted: came.append((one, data))
        else: goes_on(one, data); greeted.add(one)
    for one, data in came: goes_on(one, data)
    time.sleep(0.05)`;

    const atOnce = `import socket, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
connections = [context.wrap_socket(socket.create_connection(('127.0.0.1', int(sys.argv[1])))) for _ in range(6)]
for round in range(2):
    for i, one in enumerate(connections): one.sendall(b'GET /%d-%d HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n' % (round, i))
    for one in connections: one.recv(65536)`;

    const callsItself = `import ctypes, socket, sys
library = ctypes.CDLL('./own.so')
call = lambda name, *given: getattr(library, name)(*given)
for name in ('TLS_client_method', 'SSL_CTX_new', 'SSL_new'): getattr(library, name).restype = ctypes.c_void_p
connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
session = ctypes.c_void_p(call('SSL_new', ctypes.c_void_p(call('SSL_CTX_new', ctypes.c_void_p(call('TLS_client_method'))))))
call('SSL_set_fd', session, connection.fileno())
call('SSL_connect', session)
sys.stdin.readline()
request = b'GET /linked HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n'
call('SSL_write', session, request, len(request))
answer = ctypes.create_string_buffer(65536)
while call('SSL_read', session, answer, len(answer)) > 0: pass`;

    const tasks = `import asyncio, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
async def asks(all_are_here):
    reader, writer = await asyncio.open_connection('127.0.0.1', int(sys.argv[1]))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = context.wrap_bio(incoming, outgoing)
    async def until(step):
        while True:
            try: return step()
            except ssl.SSLWantReadError: pass
            finally:
                await all_are_here.wait()
                writer.write(outgoing.read())
            incoming.write(await reader.read(65536))
            await asyncio.sleep(0.05)
    await until(session.do_handshake)
    own = writer.get_extra_info('sockname')[1]
    session.write(b'GET /%d HTTP/1.1\\r\\nhost: localhost\\r\\n\\r\\n' % own)
    await until(lambda: session.read(65536))
async def main():
    await asyncio.sleep(2)
    all_are_here = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, all_are_here.set)
    await asyncio.gather(*(asks(all_are_here) for _ in range(6)))
asyncio.run(main())`;

    async function nginxTls(): Promise<number> {
      const [port] = await freePorts(1);
      const certificate = `ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;`;
      await nginx(`listen 127.0.0.1:${port} ssl; ${certificate} location / { return 200 "hello\\n"; }`);
      return port;
    }

    /** A server that already runs, `inPython` where it is one of Python, and has its probes. */
    async function runsTls(kind: string, inPython: string): Promise<number> {
      const [port] = kind === 'nginx' ? [await nginxTls()] : await freePorts(1);
      if (kind === 'node') await serve(port, [process.execPath, '-e', node, String(port)]);
      if (kind === 'python3') await serve(port, ['python3', '-c', inPython, String(port)]);
      // While it lives the probes of its library get their place; curl and its like come and go too quickly.
      const holds = spawn('python3', ['-c', 'import ssl, time; time.sleep(60)'], { stdio: 'ignore' });
      ends.push(() => holds.kill('SIGKILL'));
      await eventually(() => watch.source.counters().tlsPrograms >= (kind === 'node' ? 2 : 1), 'the probes');
      await sleep(1500);
      return port;
    }

    it('of tasks with sessions in memory, all of which begin at once, on the connection of each', async () => {
      const port = await nginxTls();
      await run('python3', ['-c', tasks, String(port)]);
      const rows = await rowsOf(port, 6, (row) => row.observation_point === 'c-p' && row.protocol === 'http');
      expect(rows.map((row) => row.request_resource)).toEqual(rows.map((row) => `/${row.client_port}`));
    });

    it.each([
      ['OpenSSL in nginx', 'nginx'],
      ['OpenSSL in Python', 'python3'],
      ['OpenSSL linked into Node', 'node'],
    ])('of %s, already running, and of clients that come later', async (_, kind) => {
      const port = await runsTls(kind, python);
      await run('curl', ['-sk', `https://127.0.0.1:${port}/0`, `https://127.0.0.1:${port}/0b`]);
      await run(process.execPath, ['-e', nodeClient, String(port)]);
      const rows = await rowsOf(port, 10, (row) => row.protocol === 'http' && row.is_tls === true);
      const of = (point: string) => rows.filter((row) => row.observation_point === point);
      expect(of('s-p').map((row) => row.request_resource)).toEqual(['/0', '/0b', '/1', '/2', '/3']);
      expect(of('c-p').map((row) => row.request_resource)).toEqual(['/0', '/0b', '/1', '/2', '/3']);
      // What follows on a connection has the same place in it at both ends; the first message of Node shares its write with
      // the end of the handshake, and Python closes after each answer.
      const isLater = kind === 'python3' ? /^.0b$/ : /^.(0b|2|3)$/;
      const later = ({ request_resource }: { request_resource?: string }) => isLater.test(request_resource ?? '');
      expect(of('s-p').filter(later).map(pairOf)).toEqual(of('c-p').filter(later).map(pairOf));
    });

    it('of a loop that reads from many connections before it returns what came, each at its place in its own', async () => {
      const port = await runsTls('python3', firstFromAll);
      await run('python3', ['-c', atOnce, String(port)]);
      const rows = await rowsOf(port, 24, (row) => row.protocol === 'http' && row.is_tls === true);
      const of = (point: string) =>
        rows
          .filter((row) => row.observation_point === point)
          .map((row) => `${row.client_port} ${row.request_resource} ${row.req_tcp_seq}`)
          .sort();
      expect(of('s-p')).toEqual(of('c-p'));
    });

    it.each([
      ['nginx reads at once', 'nginx'],
      ['Node reads at once', 'node'],
      ['Python reads in pieces', 'python3'],
    ])('of many requests that %s, each at its place in the connection', async (_, kind) => {
      const port = await runsTls(kind, inPieces);
      await run('python3', ['-c', pipelines, String(port)]);
      const rows = await rowsOf(port, 98, (row) => row.protocol === 'http' && row.is_tls === true);
      const of = (point: string) =>
        rows
          .filter((row) => row.observation_point === point)
          .map((row) => `${row.request_resource} ${row.req_tcp_seq}`)
          .sort();
      expect(of('s-p')).toEqual(of('c-p'));
    });

    it('of OpenSSL linked into a shared object that is called otherwise', async () => {
      const whole = ['-Wl,--whole-archive', '-l:libssl.a', '-Wl,--no-whole-archive', '-l:libcrypto.a'];
      await run('gcc', ['-shared', '-o', join(folder, 'own.so'), ...whole]);
      const [port] = await freePorts(1);
      await serve(port, ['python3', '-c', python, String(port)]);
      const before = watch.source.counters().tlsPrograms;
      const client = spawn('python3', ['-c', callsItself, String(port)], {
        stdio: ['pipe', 'inherit', 'inherit'],
        cwd: folder,
      });
      ends.push(() => client.kill('SIGKILL'));
      await eventually(() => watch.source.counters().tlsPrograms > before, 'the probes');
      await sleep(500);
      client.stdin.end('go\n');
      const [row] = await rowsOf(port, 1, (one) => one.observation_point === 'c-p' && one.protocol === 'http');
      expect(row).toMatchObject({ request_resource: '/linked', is_tls: true, response_code: '404' });
    });
  });
});
