import { installDefinitions, type KubernetesServer, kubeOvnDefinitions } from '@flowloom/testkit';

export const nowUs = () => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** Someone with an address, and what a row must say of it. Only while it is in use does it send or receive. */
export interface Actor {
  readonly kind: 'pod' | 'service' | 'subnet';
  readonly name: string;
  readonly ip: string;
  readonly vpc: string;
  readonly mac: string;
  inUse: boolean;
}

const podsPath = '/api/v1/namespaces/shop/pods';
const servicesPath = '/api/v1/namespaces/shop/services';
const subnetsPath = '/apis/kubeovn.io/v1/subnets';

/** A cluster in which pods, services and subnets come, move and go, their addresses from small pools used again and again. */
export class ChurningCluster {
  readonly actors = new Set<Actor>();
  created = 0;
  readonly #api: KubernetesServer;
  readonly #free: { readonly ip: string; readonly vpc: string }[] = [];
  #number = 0;
  #lastChange: Promise<void> = Promise.resolve();

  constructor(api: KubernetesServer) {
    this.#api = api;
    for (let n = 1; n <= 60; n++) this.#free.push({ ip: `10.16.0.${n}`, vpc: '' });
    // Two VPCs with the same range.
    for (let n = 1; n <= 15; n++) for (const vpc of ['red', 'blue']) this.#free.push({ ip: `10.1.0.${n}`, vpc });
  }

  async prepare(): Promise<void> {
    for (const name of ['flowloom', 'shop']) await this.#api.call('POST', '/api/v1/namespaces', { metadata: { name } });
    await this.#api.call('POST', '/api/v1/nodes', { metadata: { name: 'node-1' } });
    await installDefinitions(this.#api, await kubeOvnDefinitions());
    for (const vpc of ['red', 'blue']) {
      const spec = { vpc, cidrBlock: '10.1.0.0/24', protocol: 'IPv4' };
      await this.#api.call('POST', subnetsPath, object('Subnet', `${vpc}-net`, spec));
    }
  }

  /** Uses an address for itself from the moment in which the API has made the pod: before anybody can know which. */
  async createPod(): Promise<void> {
    const at = this.#free.splice(Math.floor(Math.random() * this.#free.length), 1)[0];
    if (!at) return;
    const name = `pod-${++this.#number}`;
    const mac = at.vpc ? `02:00:00:00:${hex(this.#number >> 8)}:${hex(this.#number & 255)}` : '';
    const actor: Actor = { kind: 'pod', name, mac, ...at, inUse: false };
    const spec = { nodeName: 'node-1', containers: [{ name: 'app', image: 'none' }] };
    const made = (await this.#api.call('POST', podsPath, {
      metadata: { name, annotations: at.vpc ? annotations(actor) : {} },
      spec,
    })) as object;
    this.created++;
    actor.inUse = true;
    this.actors.add(actor);
    await this.#setStatus(made, name, at.ip);
  }

  /** An address is free as soon as the API has been asked to delete its pod. */
  async deletePod(): Promise<void> {
    const actor = this.#any('pod');
    if (!actor) return;
    this.#retire(actor);
    await this.#api.call('DELETE', `${podsPath}/${actor.name}?gracePeriodSeconds=0`);
    this.#free.push({ ip: actor.ip, vpc: actor.vpc });
  }

  /** A pod loses its address and goes on with another. */
  async movePod(): Promise<void> {
    const actor = this.#any('pod');
    const next = this.#free.findIndex(({ vpc }) => vpc === '');
    if (actor?.vpc !== '' || next < 0) return;
    this.#retire(actor);
    const [{ ip }] = this.#free.splice(next, 1);
    const object = (await this.#api.call('GET', `${podsPath}/${actor.name}`)) as object;
    await this.#setStatus(object, actor.name, ip);
    this.#free.push({ ip: actor.ip, vpc: '' });
    this.actors.add({ ...actor, ip, inUse: true });
  }

  /** One after another: there is one address for all of them. */
  changeService(): Promise<void> {
    const change = this.#lastChange.then(() => this.#replaceService());
    this.#lastChange = change.catch(() => {});
    return change;
  }

  async #replaceService(): Promise<void> {
    const last = this.#any('service');
    if (last) {
      this.#retire(last);
      await this.#api.call('DELETE', `${servicesPath}/${last.name}`);
    }
    const name = `service-${++this.#number}`;
    const ip = '10.96.0.99';
    await this.#api.call('POST', servicesPath, {
      metadata: { name },
      spec: { clusterIP: ip, ports: [{ port: 80 }] },
    });
    this.actors.add({ kind: 'service', name, ip, vpc: '', mac: '', inUse: true });
  }

  async changeSubnet(): Promise<void> {
    const last = this.#any('subnet');
    if (last) {
      this.#retire(last);
      await this.#api.call('DELETE', `${subnetsPath}/${last.name}`);
    }
    const name = `subnet-${++this.#number}`;
    await this.#api.call('POST', subnetsPath, object('Subnet', name, { cidrBlock: '10.77.0.0/24' }));
    this.actors.add({ kind: 'subnet', name, ip: '10.77.0.9', vpc: 'ovn-cluster', mac: '', inUse: true });
  }

  #any(kind: Actor['kind']): Actor | undefined {
    const some = [...this.actors].filter((actor) => actor.kind === kind && actor.inUse);
    return some[Math.floor(Math.random() * some.length)];
  }

  #retire(actor: Actor): void {
    actor.inUse = false;
    this.actors.delete(actor);
  }

  async #setStatus(made: object, name: string, ip: string): Promise<void> {
    const startTime = `${new Date().toISOString().slice(0, 19)}Z`;
    const { status: former } = made as { status?: { startTime?: string } };
    const status = {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: '192.0.2.1',
      startTime: former?.startTime ?? startTime,
    };
    await this.#api.call('PUT', `${podsPath}/${name}/status`, { ...made, status }).catch(() => {});
  }
}

function annotations({ vpc, ip, mac }: Actor): Record<string, string> {
  return {
    'ovn.kubernetes.io/logical_router': vpc,
    'ovn.kubernetes.io/logical_switch': `${vpc}-net`,
    'ovn.kubernetes.io/ip_address': ip,
    'ovn.kubernetes.io/mac_address': mac,
  };
}

function object(kind: string, name: string, spec: object): object {
  return { apiVersion: 'kubeovn.io/v1', kind, metadata: { name }, spec };
}

function hex(n: number): string {
  return n.toString(16).padStart(2, '0');
}
