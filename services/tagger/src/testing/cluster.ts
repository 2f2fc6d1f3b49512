import { ClusterState } from '../core/kubernetes/cluster-state.ts';
import { strip } from '../core/kubernetes/strip.ts';
import { ResourceIndex } from '../core/model/resource-index.ts';
import { second, tagFlow } from './rows.ts';

const start = '2024-01-01T00:00:00Z';

export const startUs = Date.parse(start) * 1000;
export const metadata = (name: string, more = {}) => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: start,
  ...more,
});
export const podObject = (
  name: string,
  ip: string,
  more: { metadata?: object; spec?: object; status?: object } = {},
) => ({
  metadata: metadata(name, { labels: { app: 'shop', secret: 'x' }, ...more.metadata }),
  spec: {
    nodeName: 'node-1',
    containers: [{ name: 'app', image: 'big', env: [{ name: 'PASSWORD', value: 'x' }] }],
    ...more.spec,
  },
  status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '192.0.2.1', startTime: start, ...more.status },
});
/** A cluster and what the tagger makes of it. */
export class Cluster {
  readonly state = new ClusterState({ cluster: 'prod', labels: ['app'] });
  readonly index = new ResourceIndex();

  put(resource: string, raw: object): this {
    this.state.put(strip(resource, raw, { labels: ['app'] })!, startUs);
    return this;
  }

  flow(client_ip: string, server_ip: string, more = {}) {
    for (const { id, resource } of this.state.drain()) {
      if (resource) this.index.put(resource);
      else this.index.forget(id);
    }
    return tagFlow(this.index, { client_ip, server_ip, start_us: startUs + 5 * second, ...more });
  }
}
