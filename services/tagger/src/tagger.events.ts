import { event } from '@flowloom/service-kit';

/** What the tagger reports about itself. Rows by state are read from the tagger's own counts. */
export const taggerEvents = {
  batchTagged: event<{ topic: string; rows: number; seconds: number }>({
    doc: 'A batch was tagged and published',
    metrics: [
      {
        kind: 'histogram',
        name: 'batch.duration',
        doc: 'Decoding, tagging and publishing a batch',
        unit: 's',
        labels: ['topic'],
        value: 'seconds',
      },
      {
        kind: 'counter',
        name: 'batch.rows',
        doc: 'Rows of the batches that were published',
        unit: '{row}',
        labels: ['topic'],
        value: 'rows',
      },
    ],
  }),
  rowsWaited: event<{ topic: string; seconds: number; addresses: number }>({
    doc: 'Rows waited until the resources of their time were known; `addresses` were not, in the end',
    metrics: [
      {
        kind: 'histogram',
        name: 'wait.duration',
        doc: 'Time that batches waited for resources',
        unit: 's',
        labels: ['topic'],
        value: 'seconds',
      },
      {
        kind: 'counter',
        name: 'wait.unknown',
        doc: 'Addresses that were waited for in vain: their rows went on without an owner',
        unit: '{address}',
        labels: ['topic'],
        value: 'addresses',
      },
    ],
  }),
  inventoryLoaded: event<{ file: string; resources: number; changed: number }>({
    doc: 'The inventory file was taken over',
    metrics: [{ kind: 'counter', name: 'inventory.loads', doc: 'Inventory files that were taken over' }],
    log: {
      level: 'info',
      message: ({ file, resources, changed }) => `inventory ${file}: ${resources} resources, ${changed} changed`,
    },
  }),
  inventoryRejected: event<{ file: string; problem: string }>({
    doc: 'The inventory file cannot be used; the former one stays',
    metrics: [{ kind: 'counter', name: 'inventory.rejections', doc: 'Inventory files that could not be used' }],
    log: { level: 'error', message: ({ problem }) => `the inventory stays as it was: ${problem}` },
  }),
  storeAway: event<{ reason: string }>({
    doc: 'The resource store does not answer: rows say tag_state=stale',
    metrics: [{ kind: 'counter', name: 'store.failures', doc: 'Calls of the resource store that failed' }],
    log: { level: 'warn', message: ({ reason }) => `tagging from the local copy: ${reason}`, atMostEveryMs: 30_000 },
  }),
  storeGap: event<{ reason: string }>({
    doc: 'Changes of the resource store were missed: the local copy is loaded anew',
    metrics: [{ kind: 'counter', name: 'store.gaps', doc: 'Times that the local copy was loaded anew' }],
    log: { level: 'warn', message: ({ reason }) => `loading all resources anew: ${reason}` },
  }),
  leaderChanged: event<{ leads: boolean }>({
    doc: 'This process began or ceased to write the resources of the cluster',
    metrics: [{ kind: 'counter', name: 'leader.changes', doc: 'Times that the lead came or went', labels: ['leads'] }],
    log: {
      level: 'info',
      message: ({ leads }) => (leads ? 'this tagger follows the Kubernetes API for all' : 'another tagger leads'),
    },
  }),
  kubernetesFailed: event<{ resource: string; reason: string }>({
    doc: 'A call of the Kubernetes API failed and will be made again',
    metrics: [{ kind: 'counter', name: 'kubernetes.failures', doc: 'Calls that failed', labels: ['resource'] }],
    log: {
      level: 'warn',
      message: ({ resource, reason }) => `Kubernetes API, ${resource}: ${reason}`,
      atMostEveryMs: 30_000,
    },
  }),
  clusterWritten: event<{ resources: number }>({
    doc: 'Changes of the cluster were written to the resource store',
    metrics: [{ kind: 'counter', name: 'kubernetes.changes', doc: 'Resources that were written', value: 'resources' }],
  }),
};
