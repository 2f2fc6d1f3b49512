import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Failure } from '../failure.ts';

/** A host of the demo: its name, address on the bridge and MAC address. */
export interface DemoHost {
  readonly name: string;
  readonly address: string;
  readonly mac: string;
}

const BRIDGE = 'bridge0';

/**
 * Hosts as network namespaces `<node>-<host>`, each joined by a veth pair to a bridge in the namespace `<node>`, which
 * plays the node that they run on. `<node>` is `<prefix>-<process id>`, so that several may be up at the same time. Nothing is
 * added to the machine's own network. Needs root and iproute2.
 */
export class DemoNetwork {
  readonly node: string;
  readonly hosts: readonly DemoHost[];
  readonly #prefix: string;

  constructor(prefix: string, hosts: readonly DemoHost[]) {
    this.#prefix = prefix;
    this.node = `${prefix}-${process.pid}`;
    this.hosts = hosts;
  }

  namespaceOf(host: string): string {
    return `${this.node}-${host}`;
  }

  /** Makes the namespaces; first removes what runs that were killed have left. Throws a `Failure` with what `ip` says. */
  up(): void {
    this.#remove((owner) => owner === process.pid || !isRunning(owner));
    ip(`netns add ${this.node}`);
    ip(`link add ${BRIDGE} type bridge`, 'link set lo up', `link set ${BRIDGE} up`).in(this.node);
    for (const { name, address, mac } of this.hosts) {
      const namespace = this.namespaceOf(name);
      ip(`netns add ${namespace}`);
      ip(
        `link add ${name} type veth peer name eth0 address ${mac} netns ${namespace}`,
        `link set ${name} master ${BRIDGE} up`,
      ).in(this.node);
      ip('link set lo up', `addr add ${address}/24 dev eth0`, 'link set eth0 up').in(namespace);
    }
  }

  /** Removes the namespaces; those that are not there are no error. */
  down(): void {
    this.#remove((owner) => owner === process.pid);
  }

  #remove(isMeant: (owner: number) => boolean): void {
    const ours = new RegExp(`^${this.#prefix}-(\\d+)(-|$)`);
    for (const line of run(['netns', 'list']).split('\n')) {
      const [name] = line.split(' ');
      const owner = ours.exec(name)?.[1];
      if (owner !== undefined && isMeant(Number(owner))) run(['netns', 'del', name]);
    }
  }
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}

/** Runs `ip` commands here, or by `.in(namespace)` there; one process for all of them. */
function ip(...commands: string[]): { in(namespace: string): void } {
  if (commands[0].startsWith('netns ')) for (const command of commands) run(command.split(' '));
  return { in: (namespace) => void run(['-n', namespace, '-batch', '-'], commands.join('\n')) };
}

function run(args: string[], input = ''): string {
  try {
    return execFileSync('ip', args, { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const said = stderr?.trim() || message;
    throw new Failure(
      `no network namespaces for the demo, "ip ${args.join(' ')}" says: ${said} (a container that may not make any?)`,
    );
  }
}
