import type { KubernetesAccess } from '@flowloom/tagger/access';
import { type Check, type Finding, lacking, ok, skipped } from '../check.ts';

export interface KubernetesSettings {
  /** As FLOWLOOM_TAGGER_KUBERNETES. */
  readonly kubernetes: 'auto' | 'on' | 'off';
  readonly leaseNamespace: string;
  readonly leaseName: string;
}

/** The API answers, and gives the tagger its rights. Asked where the tagger would ask it, or where KUBECONFIG names one. */
export function kubernetesCheck(settings: KubernetesSettings, env: NodeJS.ProcessEnv): Check {
  return { name: 'kubernetes', group: 'reach', run: () => kubernetes(settings, env) };
}

async function kubernetes(settings: KubernetesSettings, env: NodeJS.ProcessEnv): Promise<Finding> {
  if (settings.kubernetes === 'off') return skipped('FLOWLOOM_TAGGER_KUBERNETES is off');
  const isThere = settings.kubernetes === 'on' || env.KUBECONFIG || env.KUBERNETES_SERVICE_HOST;
  if (!isThere) return skipped('not in a pod, and KUBECONFIG is not set');
  const { kubernetesAccess } = await import('@flowloom/tagger/access');
  try {
    return findingOf(await kubernetesAccess(settings), settings);
  } catch (error) {
    return lacking((error as Error).message, 'see that the API can be reached from here, and the token or KUBECONFIG');
  }
}

function findingOf({ server, version, denied }: KubernetesAccess, { leaseNamespace }: KubernetesSettings): Finding {
  const where = `${server}, Kubernetes ${version}`;
  if (denied.length === 0) return ok(`${where}, with all rights that the tagger needs`);
  return lacking(
    `${where}: no right to ${denied.join(', ')}`,
    `bind k8s/chart/templates/rbac.yaml to the tagger's ServiceAccount in ${leaseNamespace} (rbac.create of the chart)`,
  );
}
