import { fieldsOf, textOf } from '../../core/kubernetes/objects.ts';
import { KubernetesApi } from './kubernetes-api.ts';
import { watchedResources } from './watched-resources.ts';

/** What the API says to whoever would be the tagger. */
export interface KubernetesAccess {
  readonly server: string;
  /** `v1.34.4` */
  readonly version: string;
  /** What it may not do: `list pods`. */
  readonly denied: readonly string[];
}

interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
}

/**
 * Asks the API whether it would grant each right that the tagger uses (SelfSubjectAccessReview, which every account may
 * ask for). Throws where it does not answer, or does not know who asks.
 */
export async function kubernetesAccess(lease: {
  leaseNamespace: string;
  leaseName: string;
}): Promise<KubernetesAccess> {
  const api = await KubernetesApi.fromEnvironment();
  const { gitVersion } = fieldsOf(await api.json('/version'));
  const wanted = [...readRights(), ...leaseRights(lease.leaseNamespace, lease.leaseName)];
  const granted = await Promise.all(wanted.map((attributes) => mayI(api, attributes)));
  const denied = wanted.filter((_, i) => !granted[i]).map(({ verb, resource }) => `${verb} ${resource}`);
  return { server: api.server, version: textOf(gitVersion), denied };
}

function readRights(): Attributes[] {
  return watchedResources.flatMap(({ path }) => {
    const parts = path.split('/');
    const [group, resource] = [parts[1] === 'apis' ? parts[2] : '', parts.at(-1)!];
    return ['list', 'watch'].map((verb) => ({ verb, group, resource }));
  });
}

function leaseRights(namespace: string, name: string): Attributes[] {
  const lease = { group: 'coordination.k8s.io', resource: 'leases', namespace };
  return [
    { ...lease, verb: 'create' },
    { ...lease, verb: 'get', name },
    { ...lease, verb: 'update', name },
  ];
}

async function mayI(api: KubernetesApi, resourceAttributes: Attributes): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  };
  const review = await api.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { method: 'POST', body });
  return fieldsOf(fieldsOf(review).status).allowed === true;
}
