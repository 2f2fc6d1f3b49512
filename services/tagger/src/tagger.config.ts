import { type ConfigOf, defineConfig, tlsFile } from '@flowloom/service-kit/config';
import { z } from 'zod';
import { ovsdbAddress } from './core/ovn/ovsdb-address.ts';

export const taggerConfig = defineConfig({
  name: 'tagger',
  doc: 'Who is who: where resources come from and how long their past is kept.',
  prefix: 'FLOWLOOM_TAGGER_',
  keys: {
    inventoryFile: z
      .string()
      .default('')
      .describe('Inventory of VPCs, subnets, machines and services (YAML), loaded again when it changes; empty: none'),
    historyMs: z
      .number()
      .int()
      .min(60_000)
      .default(3_600_000)
      .describe('How long it is remembered who had an address before, ms'),
    unknownWaitMs: z
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(2000)
      .describe('How long rows wait at most for resources of their time, such as a pod that is not known yet, ms'),
    kubernetes: z
      .enum(['auto', 'on', 'off'])
      .default('auto')
      .describe('Whether the Kubernetes API is followed; `auto`: inside a pod; `on`: also by KUBECONFIG'),
    kubernetesCluster: z.string().min(1).default('kubernetes').describe('Name of the cluster in tags'),
    kubernetesLabels: z
      .array(z.string())
      .default(['app', 'app.kubernetes.io/name', 'app.kubernetes.io/version'])
      .describe('Labels of pods and services that become tags'),
    ovnSouthbound: z
      .array(z.string().regex(ovsdbAddress, 'expected tcp:host:port or ssl:host:port'))
      .default([])
      .describe(
        "OVN's southbound database, `tcp:host:6642` or `ssl:host:6642` of each server: it knows networks and ports by their keys in tunnels; read where the Kubernetes API is; empty: not asked",
      ),
    ovnCaFile: tlsFile('Authorities that sign its certificate, PEM'),
    ovnCertificateFile: tlsFile('Certificate that Flowloom shows to it, PEM'),
    ovnKeyFile: tlsFile('Private key of that certificate, PEM'),
    leaseNamespace: z.string().min(1).default('flowloom').describe('Namespace of the Lease that elects the writer'),
    leaseName: z.string().min(1).default('flowloom-tagger').describe('Name of that Lease'),
    leaseDurationMs: z
      .number()
      .int()
      .min(3000)
      .default(15_000)
      .describe('How long a leader that says nothing is believed, ms'),
    groupId: z.string().min(1).default('flowloom-tagger').describe('Consumer group of all taggers'),
    concurrency: z.number().int().min(1).max(64).default(4).describe('Partitions that are handled beside each other'),
    maxBatchBytes: z
      .number()
      .int()
      .min(1024)
      .default(4_194_304)
      .describe('Most bytes of records that are tagged and published at once'),
  },
});

export type TaggerConfig = ConfigOf<typeof taggerConfig>;
