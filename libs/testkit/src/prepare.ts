import { collectorBinary, collectorEntry } from './build/collector.ts';
import { findGo } from './build/go.ts';
import { grpcGoBinary, grpcGoEntry } from './build/grpc-go.ts';
import { helmBinary, helmEntry } from './build/helm.ts';
import { jaegerBinary, jaegerEntry } from './build/jaeger.ts';
import { apiserverBinary, apiserverEntry } from './build/kube-apiserver.ts';
import { kubeOvnDefinitionsFile, kubeOvnEntry } from './build/kube-ovn.ts';
import { isCached } from './cache.ts';
import { installKafka, installKafkaTools, kafkaMissing } from './kafka-install.ts';

/** Builds the servers for the integration tests that the cache lacks, one after another: `node prepare.ts [NAME...]`. */
const builds = {
  [collectorEntry]: collectorBinary,
  [jaegerEntry]: jaegerBinary,
  [apiserverEntry]: apiserverBinary,
  [kubeOvnEntry]: kubeOvnDefinitionsFile,
  [helmEntry]: helmBinary,
  [grpcGoEntry]: grpcGoBinary,
};

const wanted = process.argv.slice(2);
if (wanted.length === 0 && !(await kafkaMissing())) {
  await installKafka();
  await installKafkaTools();
}
for (const [entry, build] of Object.entries(builds)) {
  if (isCached(entry) || (wanted.length > 0 && !wanted.some((name) => entry.startsWith(name)))) continue;
  if (!(await findGo())) {
    console.log(`${entry}: not built, Go is not installed`);
    continue;
  }
  const start = performance.now();
  try {
    await build();
    console.log(`${entry}: built in ${Math.round((performance.now() - start) / 1000)} s`);
  } catch (error) {
    console.log(`${entry}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
