import { type AuditEvent, createObject, type KubernetesServer } from '@flowloom/testkit';
import type { KubernetesObject } from '../../../k8s/helm.ts';

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One verb on one resource: `list kubeovn.io/subnets`. */
export type Right = string;

export function rightsOf(rules: readonly Rule[]): Right[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => rightOf(verb, group, resource)))),
  );
}

function rightOf(verb: string, group: string, resource: string): Right {
  return `${verb} ${group ? `${group}/` : ''}${resource}`;
}

/** What an account asked for, refused or not. */
export function usedRights(events: readonly AuditEvent[]): Right[] {
  const asked = events.flatMap(({ verb, objectRef }) =>
    objectRef?.resource ? [rightOf(verb, objectRef.apiGroup ?? '', objectRef.resource)] : [],
  );
  return [...new Set(asked)];
}

/** The rules without one right; the rest of its rule stays. */
export function without(rules: readonly Rule[], right: Right): Rule[] {
  return rules
    .flatMap((rule) =>
      rule.apiGroups.flatMap((group) =>
        rule.resources.map((resource) => ({
          ...rule,
          apiGroups: [group],
          resources: [resource],
          verbs: rule.verbs.filter((verb) => rightOf(verb, group, resource) !== right),
        })),
      ),
    )
    .filter(({ verbs }) => verbs.length > 0);
}

const rbac = 'rbac.authorization.k8s.io';

/** A ServiceAccount with exactly these rights, in a namespace of its own of the same name; answers its token. */
export async function createAccount(
  kubernetes: KubernetesServer,
  name: string,
  clusterRules: readonly Rule[],
  rules: readonly Rule[],
): Promise<string> {
  await kubernetes.call('POST', '/api/v1/namespaces', { metadata: { name } });
  const subject = { kind: 'ServiceAccount', name, namespace: name };
  const bind = (kind: string) => ({
    metadata: { name },
    roleRef: { apiGroup: rbac, kind, name },
    subjects: [subject],
  });
  const namespaced = `/apis/${rbac}/v1/namespaces/${name}`;
  const make = (path: string, body: object) => kubernetes.call('POST', path, body);
  await make(`/apis/${rbac}/v1/clusterroles`, { metadata: { name }, rules: clusterRules });
  await make(`/apis/${rbac}/v1/clusterrolebindings`, bind('ClusterRole'));
  await make(`${namespaced}/roles`, { metadata: { name }, rules });
  await make(`${namespaced}/rolebindings`, bind('Role'));
  await make(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name } });
  return tokenOf(kubernetes, name, name);
}

export async function tokenOf(kubernetes: KubernetesServer, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  return ((await kubernetes.call('POST', path, request)) as { status: { token: string } }).status.token;
}

/** Creates the accounts and rights among objects of the chart as they are. */
export async function createRights(kubernetes: KubernetesServer, objects: readonly KubernetesObject[]): Promise<void> {
  const kinds = /^(ServiceAccount|(Cluster)?Role(Binding)?)$/;
  for (const object of objects.filter(({ kind }) => kinds.test(kind))) await createObject(kubernetes, object);
}
