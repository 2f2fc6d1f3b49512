import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, Emit, HealthComponent } from '@flowloom/service-kit';
import { writeCluster } from './adapters/kubernetes/cluster-source.ts';
import { KubernetesApi } from './adapters/kubernetes/kubernetes-api.ts';
import { LeaseElection } from './adapters/kubernetes/lease-election.ts';
import type { SouthboundOptions } from './adapters/ovn/southbound-source.ts';
import type { ClusterWriter } from './core/sync/cluster-writer.ts';
import type { ResourceStore } from './core/sync/resource-store.ts';
import { southboundOf } from './southbound-access.ts';
import type { TaggerConfig } from './tagger.config.ts';
import type { taggerEvents } from './tagger.events.ts';

export interface KubernetesSyncOptions {
  readonly config: TaggerConfig;
  readonly api: KubernetesApi;
  readonly store: ResourceStore;
  readonly emit: Emit<typeof taggerEvents>;
  readonly health: HealthComponent;
}

const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

/** While this process holds the Lease, keeps the store as the cluster is. */
export class KubernetesSync implements BeforeApplicationShutdown {
  readonly #options: KubernetesSyncOptions;
  readonly #stop = new AbortController();
  readonly #failing = new Set<string>();
  readonly #running: Promise<void>;
  readonly #southbound: SouthboundOptions | undefined;
  #writer: ClusterWriter | undefined;

  constructor(options: KubernetesSyncOptions) {
    this.#options = options;
    const { config, api } = options;
    this.#southbound = southboundOf(config);
    const election = new LeaseElection(api, {
      namespace: config.leaseNamespace,
      name: config.leaseName,
      identity: `${hostname()}_${randomUUID()}`,
      durationSeconds: config.leaseDurationMs / 1000,
      retryMs: config.leaseDurationMs / 7.5,
      sleep: wait,
      now: () => performance.now(),
      onError: (error) => this.#failed('leases', error),
    });
    this.#running = election.run(this.#stop.signal, (signal) => this.#lead(signal));
  }

  /** The store has lost what it had. */
  writeAll(): void {
    this.#writer?.writeAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #lead(signal: AbortSignal): Promise<void> {
    const { config, api, store, emit } = this.#options;
    emit.leaderChanged({ leads: true });
    const options = {
      cluster: config.kubernetesCluster,
      labels: config.kubernetesLabels,
      southbound: this.#southbound,
      historyMs: config.historyMs,
      nowUs: () => Date.now() * 1000,
      sleep: wait,
      onWriter: (writer: ClusterWriter) => {
        this.#writer = writer;
      },
      listener: {
        failed: (resource: string, error: Error) => this.#failed(resource, error),
        works: (resource: string) => this.#works(resource),
        written: (resources: number) => emit.clusterWritten({ resources }),
      },
    };
    try {
      await writeCluster(api, store, options, signal);
    } finally {
      this.#writer = undefined;
      emit.leaderChanged({ leads: false });
    }
  }

  #failed(resource: string, { message }: Error): void {
    this.#failing.add(resource);
    this.#options.health.degraded(`${[...this.#failing].join(', ')}: ${message}`);
    this.#options.emit.kubernetesFailed({ resource, reason: message });
  }

  #works(resource: string): void {
    this.#failing.delete(resource);
    if (this.#failing.size === 0) this.#options.health.ok();
  }
}

/** Follows the API where the settings say so; undefined where they do not. Client-node is loaded only then. */
export async function followKubernetes(
  config: TaggerConfig,
  store: ResourceStore,
  emit: Emit<typeof taggerEvents>,
  health: HealthComponent,
): Promise<KubernetesSync | undefined> {
  const isInPod = process.env.KUBERNETES_SERVICE_HOST !== undefined;
  if (config.kubernetes === 'off' || (config.kubernetes === 'auto' && !isInPod)) return undefined;
  const api = await KubernetesApi.fromEnvironment();
  return new KubernetesSync({ config, api, store, emit, health });
}
