import type { KubernetesObject } from '../../../k8s/helm.ts';
import { type ContainerOptions, emptyDir, filesDir } from './container.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}
interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly hostPID?: boolean;
  readonly securityContext: { readonly runAsUser: number };
  readonly volumes?: readonly {
    readonly name: string;
    readonly emptyDir?: object;
    readonly secret?: { readonly secretName: string };
  }[];
  readonly containers: readonly [
    {
      readonly args: readonly string[];
      readonly env: readonly Variable[];
      readonly securityContext: { readonly capabilities: { readonly add?: readonly string[] } };
      readonly resources?: { readonly limits: { readonly memory: string } };
      readonly volumeMounts?: readonly {
        readonly name: string;
        readonly mountPath: string;
        readonly readOnly?: boolean;
      }[];
    },
  ];
}

/** What a node gives to its pods. */
export interface NodeParts {
  readonly folder: string;
  readonly nodeName: string;
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** ca.crt and token, for pods that have their ServiceAccount's token mounted. */
  readonly serviceAccount: Readonly<Record<string, string>>;
  /** Variables of the Service `kubernetes`, which every pod has. */
  readonly kubernetesService: Readonly<Record<string, string>>;
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';
const unitBytes = { Mi: 2 ** 20, Gi: 2 ** 30 } as const;

/** The container of a Pod, or of a template of pods, as a kubelet would have it started. */
export function containerOf(object: KubernetesObject, node: NodeParts): ContainerOptions {
  const spec = object.spec as PodSpec & { template?: { spec: PodSpec } };
  const pod = spec.template?.spec ?? spec;
  const { args, env, securityContext, resources, volumeMounts = [] } = pod.containers[0];
  const volumes = volumeMounts.map(({ name, mountPath, readOnly = false }) => {
    const volume = pod.volumes?.find((each) => each.name === name);
    if (!volume?.emptyDir && !volume?.secret) throw new Error(`volume ${name}: unknown kind`);
    const { folder, secrets } = node;
    const source = volume.secret ? filesDir(folder, secrets[volume.secret.secretName]) : emptyDir(folder);
    return [mountPath, { source, readOnly }];
  });
  if (pod.automountServiceAccountToken) {
    volumes.push([serviceAccountFolder, { source: filesDir(node.folder, node.serviceAccount), readOnly: true }]);
  }
  const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(resources?.limits.memory ?? '') ?? [];
  return {
    args,
    env: { ...node.kubernetesService, ...Object.fromEntries(env.map((each) => [each.name, textFor(each, node)])) },
    uid: pod.securityContext.runAsUser,
    hostPid: pod.hostPID,
    capabilities: securityContext.capabilities.add,
    mounts: Object.fromEntries(volumes),
    memoryBytes: number ? Number(number) * unitBytes[unit as keyof typeof unitBytes] : undefined,
  };
}

function textFor({ name, value, valueFrom }: Variable, { secrets, nodeName }: NodeParts): string {
  if (value !== undefined) return value;
  const secret = valueFrom?.secretKeyRef;
  if (secret) return secrets[secret.name][secret.key];
  if (valueFrom?.fieldRef?.fieldPath === 'spec.nodeName') return nodeName;
  throw new Error(`variable ${name}: unknown source`);
}
