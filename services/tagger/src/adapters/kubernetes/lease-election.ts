import { fieldsOf, numberOf, textOf } from '../../core/kubernetes/objects.ts';
import { type KubernetesApi, KubernetesError } from './kubernetes-api.ts';

export interface LeaseOptions {
  readonly namespace: string;
  readonly name: string;
  /** Who this process is: different in every process. */
  readonly identity: string;
  /** How long a leader that says nothing is believed, s. */
  readonly durationSeconds: number;
  readonly retryMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly onError: (error: Error) => void;
}

/**
 * Leader election by a Lease (coordination.k8s.io/v1), as client-go does it: only one holder writes, others wait until
 * it has been silent for the lease's duration. Silence is measured by this process's own clock since it last saw the
 * lease change, so clocks of other hosts do not matter. A leader that cannot renew steps down before others take over.
 */
export class LeaseElection {
  readonly #api: KubernetesApi;
  readonly #options: LeaseOptions;
  #seen = '';
  #seenAt = Number.NEGATIVE_INFINITY;

  constructor(api: KubernetesApi, options: LeaseOptions) {
    this.#api = api;
    this.#options = options;
  }

  /** Runs `lead` whenever this process leads; its signal aborts when the lead is lost. Ends with `signal`. */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { retryMs, sleep, now, durationSeconds } = this.#options;
    let term: AbortController | undefined;
    let leading: Promise<void> = Promise.resolve();
    let renewedAt = 0;
    while (!signal.aborted) {
      const held = await this.#tryHold(signal);
      if (held) renewedAt = now();
      if (held && !term) {
        const mine = (term = new AbortController());
        leading = lead(AbortSignal.any([signal, mine.signal]))
          .catch(this.#options.onError)
          // It may end by itself, fenced by another writer: then the next round leads anew.
          .finally(() => {
            if (term === mine) term = undefined;
          });
      }
      // Two thirds of the duration: the former leader has stopped before the next begins.
      if (term && !held && now() - renewedAt > (durationSeconds * 1000 * 2) / 3) {
        term.abort();
        await leading;
      }
      await sleep(retryMs, signal).catch(() => {});
    }
    await leading;
    await this.#release();
  }

  async #tryHold(signal: AbortSignal): Promise<boolean> {
    const { namespace, identity } = this.#options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    try {
      const lease = await this.#get(path, signal);
      if (!lease) {
        await this.#api.json(path, { method: 'POST', body: this.#lease({}, 0), signal });
        return true;
      }
      const spec = fieldsOf(lease.spec);
      const holder = textOf(spec.holderIdentity);
      if (holder && holder !== identity && !this.#isSilent(lease)) return false;
      const transitions = numberOf(spec.leaseTransitions) + (holder === identity ? 0 : 1);
      const body = this.#lease(fieldsOf(lease.metadata), transitions, textOf(spec.acquireTime));
      await this.#api.json(`${path}/${this.#options.name}`, { method: 'PUT', body, signal });
      return true;
    } catch (error) {
      // 409: another was faster.
      if (!signal.aborted && (error as KubernetesError).status !== 409) this.#options.onError(error as Error);
      return false;
    }
  }

  async #get(path: string, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
    try {
      return fieldsOf(await this.#api.json(`${path}/${this.#options.name}`, { signal }));
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  #isSilent({ metadata, spec }: Record<string, unknown>): boolean {
    const version = textOf(fieldsOf(metadata).resourceVersion);
    const { now, durationSeconds } = this.#options;
    if (version !== this.#seen) {
      this.#seen = version;
      this.#seenAt = now();
    }
    const duration = numberOf(fieldsOf(spec).leaseDurationSeconds) || durationSeconds;
    return now() - this.#seenAt > duration * 1000;
  }

  /** An empty holder: the next one need not wait. */
  async #release(): Promise<void> {
    const { namespace, name, identity } = this.#options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const lease = await this.#get(path).catch(() => undefined);
    const spec = fieldsOf(lease?.spec);
    if (!lease || spec.holderIdentity !== identity) return;
    const body = { ...lease, spec: { ...spec, holderIdentity: '' } };
    await this.#api.json(`${path}/${name}`, { method: 'PUT', body }).catch(() => {});
  }

  #lease(metadata: object, leaseTransitions: number, acquired = ''): object {
    const { name, namespace, identity, durationSeconds } = this.#options;
    const renewTime = new Date().toISOString().replace('Z', '000Z');
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { ...metadata, name, namespace },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: durationSeconds,
        acquireTime: acquired || renewTime,
        renewTime,
        leaseTransitions,
      },
    };
  }
}
