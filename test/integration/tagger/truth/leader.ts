// A process that only leads: it follows the API of KUBECONFIG and writes to REDIS_URL until it is killed.
import { Redis } from 'ioredis';
import { KubernetesApi } from '../../../../services/tagger/src/adapters/kubernetes/kubernetes-api.ts';
import { RedisResourceStore } from '../../../../services/tagger/src/adapters/redis-resource-store.ts';
import { KubernetesSync } from '../../../../services/tagger/src/kubernetes-sync.ts';
import { taggerConfig } from '../../../../services/tagger/src/tagger.config.ts';

const emit = {
  leaderChanged: ({ leads }: { leads: boolean }) => console.log(leads ? 'leads' : 'follows'),
  kubernetesFailed: ({ reason }: { reason: string }) => console.error(reason),
  clusterWritten: () => {},
};
const ignore = () => {};
new KubernetesSync({
  config: { ...taggerConfig.schema.parse({}), leaseDurationMs: 3000 },
  api: await KubernetesApi.fromEnvironment(),
  store: new RedisResourceStore(new Redis(process.env.REDIS_URL!), 'flowloom:'),
  emit: emit as never,
  health: { ok: ignore, degraded: ignore, down: ignore } as never,
});
