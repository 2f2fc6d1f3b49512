import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { installKafka } from './kafka-install.ts';
import { type KafkaSecurity, scramOption, securityProperties } from './kafka-security.ts';

export { installKafka, installKafkaTools, kafkaMissing } from './kafka-install.ts';

export type { KafkaSecurity } from './kafka-security.ts';

export interface KafkaBrokerOptions {
  /** An address of this machine; default: the loopback. */
  readonly host?: string;
  /** Default: anybody, in the clear. */
  readonly security?: KafkaSecurity;
}

const startTimeoutMs = 60_000;

/** A real Kafka 4 broker (and controller) of its own, on free ports, with its data in a temporary folder. */
export class KafkaBroker {
  /** `host:port`, the same after a restart. */
  readonly address: string;
  readonly #jars: string;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  private constructor(address: string, jars: string, folder: string) {
    this.address = address;
    this.#jars = jars;
    this.#folder = folder;
  }

  /** Fetches Kafka if need be, formats a store and starts it. */
  static async start({ host = '127.0.0.1', security }: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
    const jars = await installKafka();
    const folder = await mkdtemp(join(tmpdir(), 'flowloom-kafka-'));
    const [port, controllerPort, innerPort] = await freePorts(3);
    const address = `${host}:${port}`;
    const more = security && securityProperties(security, address, innerPort, controllerPort, folder);
    await writeFile(join(folder, 'server.properties'), propertiesOf(address, controllerPort, folder, more));
    const broker = new KafkaBroker(address, jars, folder);
    const random = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
    // An id that begins with a dash would be taken for an option.
    const id = random.replace(/^-/, 'A');
    const format = ['kafka.tools.StorageTool', 'format', '-t', id, '-c', join(folder, 'server.properties')];
    await promisify(execFile)('java', ['-cp', `${jars}/*`, ...format, ...(security ? scramOption(security) : [])]);
    await broker.start();
    return broker;
  }

  /** Starts it again after `stop` or `kill`, with the same data and address; resolves when it answers. */
  async start(): Promise<void> {
    const log = await open(join(this.#folder, 'broker.log'), 'w');
    const flags = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const args = [...flags, '-cp', `${this.#jars}/*`, 'kafka.Kafka', join(this.#folder, 'server.properties')];
    const child = spawn('java', args, { stdio: ['ignore', log.fd, log.fd] });
    this.#process = child;
    await log.close();
    const deadline = Date.now() + startTimeoutMs;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`Kafka did not start:\n${(await this.log()).slice(-2000)}`);
      }
      await sleep(100);
    }
  }

  /** An orderly shutdown. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  /** It takes no turn any more, with connections and requests left as they are, until `resume`. Resolves when all its threads stand. */
  async pause(): Promise<void> {
    const child = this.#process;
    child?.kill('SIGSTOP');
    while (child?.exitCode === null && !(await threadsStand(child.pid!))) await sleep(5);
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** As a crash would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Stops for good and removes the data. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  log(): Promise<string> {
    return readFile(join(this.#folder, 'broker.log'), 'utf8');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** The port is open only once the broker serves requests. */
  async #answers(): Promise<boolean> {
    const [host, port] = this.address.split(':');
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
      return (await this.log()).includes('Kafka Server started');
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}

/** Whether all threads of a process are stopped (state T in /proc): a signal reaches one after another. */
async function threadsStand(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`);
  const statOf = (thread: string) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => ''); // it has ended meanwhile
  const stats = await Promise.all(threads.map(statOf));
  return stats.every((stat) => /\) T /.test(stat));
}

function propertiesOf(
  address: string,
  controllerPort: number,
  folder: string,
  more: Record<string, string> = {},
): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://${address},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${address}`,
    'controller.listener.names': 'CONTROLLER',
    // After a kill the broker waits until its old registration has expired.
    'broker.heartbeat.interval.ms': 500,
    'broker.session.timeout.ms': 2000,
    'log.dirs': join(folder, 'data'),
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    ...more,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()));
  return ports;
}
