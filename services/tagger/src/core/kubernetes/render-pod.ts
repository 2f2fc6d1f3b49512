import type { LogicalPortClaim, PortClaim, Resource } from '../model/resource.ts';
import { nicsOf } from './nics.ts';
import { type KubernetesObject, listOf, numberOf, textOf, timeOf } from './objects.ts';
import { compact, type RenderContext } from './render-context.ts';

/** A pod and its addresses. The addresses of a pod that has ended belong to nobody. */
export function renderPod(pod: KubernetesObject, context: RenderContext): Resource {
  const { spec, status, name, namespace } = pod;
  const workload = workloadOf(pod, context);
  const all = nicsOf(pod, context);
  const [first] = all;
  const isOver = status.phase === 'Succeeded' || status.phase === 'Failed';
  const isHost = spec.hostNetwork === true;
  const nics = isOver || isHost ? [] : all;
  const fromUs = addressedFrom(pod);
  return {
    id: context.idOf(pod),
    kind: 'pod',
    name,
    fromUs: pod.createdUs,
    tags: compact({
      pod: name,
      namespace,
      node: textOf(spec.nodeName),
      container: textOf(pod.other.container),
      workload: workload.name,
      workload_kind: workload.kind,
      cluster: context.cluster,
      vpc: isHost ? '' : first?.vpc,
      subnet: isHost ? '' : first?.subnet,
      labels: context.labelsOf(pod),
    }),
    claims: {
      addresses: nics.flatMap(({ vpc, ips }) => ips.map((ip) => ({ vpc, ip, fromUs }))),
      macs: nics.flatMap(({ vpc, macs }) => macs.map((mac) => ({ vpc, mac, fromUs }))),
      ports: isHost && !isOver ? portsOf(pod, fromUs) : [],
      logicalPorts: isOver ? [] : logicalPortsOf(pod, fromUs, context),
      containers: listOf(pod.other.containers).map(({ id, name }) => ({ id: textOf(id), name: textOf(name) })),
    },
  };
}

/**
 * When the pod can have got its address at the earliest. The kubelet sets startTime before it asks for one, in whole
 * seconds; nor had the pod one before it was made. It is better to begin too early: then, around the moment in which an
 * address passes from one pod to another, both claim it, and rows are ambiguous instead of wrong.
 */
function addressedFrom({ status, createdUs, absentUs }: KubernetesObject): number | undefined {
  const startedUs = timeOf(status.startTime) ?? createdUs;
  return startedUs === undefined || absentUs === undefined ? startedUs : Math.max(startedUs, absentUs);
}

/** What OVN's southbound database says of the pod's interfaces. */
function logicalPortsOf(pod: KubernetesObject, fromUs: number | undefined, context: RenderContext): LogicalPortClaim[] {
  return context.ofPod('ovn/ports', pod).flatMap(({ spec }) => {
    const network = context.get(textOf(spec.datapath));
    if (!network) return [];
    const vpc = context.vpcOfSubnet(textOf(network.spec.name)) ?? '';
    return [{ vpc, vni: numberOf(network.spec.key), port: numberOf(spec.key), fromUs }];
  });
}

/** On the host network only ports tell pods apart. */
function portsOf({ status, other }: KubernetesObject, fromUs: number | undefined): PortClaim[] {
  return listOf(other.ports).map(({ containerPort, protocol }) => ({
    vpc: '',
    ip: textOf(status.hostIP),
    protocol: (textOf(protocol) || 'TCP').toLowerCase(),
    port: numberOf(containerPort),
    role: 'owns',
    fromUs,
  }));
}

/** The top of the owners: a ReplicaSet's Deployment, a Job's CronJob, or whatever custom kind controls them. */
function workloadOf(pod: KubernetesObject, context: RenderContext): { name: string; kind: string } {
  if (!pod.owner) return { name: pod.name, kind: 'Pod' };
  const owner = context.get(pod.owner.uid);
  if (owner?.owner) return owner.owner;
  const hash = pod.labels['pod-template-hash'];
  // A ReplicaSet that is not known yet: a Deployment names it `<deployment>-<pod-template-hash>`.
  if (!owner && pod.owner.kind === 'ReplicaSet' && hash && pod.owner.name.endsWith(`-${hash}`)) {
    return { name: pod.owner.name.slice(0, -hash.length - 1), kind: 'Deployment' };
  }
  return pod.owner;
}
