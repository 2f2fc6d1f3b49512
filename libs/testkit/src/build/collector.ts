import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from '../cache.ts';
import { go, goEnvironment, runQuietly } from './go.ts';

const version = 'v0.155.0';
const providerVersion = 'v1.61.0';
export const collectorEntry = `otelcol-${version}`;

const core = 'go.opentelemetry.io/collector';
const contrib = 'github.com/open-telemetry/opentelemetry-collector-contrib';
const manifest = `dist:
  name: otelcol
  output_path: ./build
receivers:
  - gomod: ${core}/receiver/otlpreceiver ${version}
  - gomod: ${contrib}/receiver/kafkareceiver ${version}
exporters:
  - gomod: ${core}/exporter/debugexporter ${version}
  - gomod: ${core}/exporter/otlphttpexporter ${version}
providers:
  - gomod: ${core}/confmap/provider/fileprovider ${providerVersion}
  - gomod: ${core}/confmap/provider/envprovider ${providerVersion}
`;

/** Path of an OpenTelemetry Collector with the receivers and exporters that tests need; built once (1.6 minutes). */
export async function collectorBinary(): Promise<string> {
  const folder = await cached(collectorEntry, async (part) => {
    await go(['install', `${core}/cmd/builder@${version}`], part, { GOBIN: part });
    await writeFile(join(part, 'manifest.yaml'), manifest);
    await runQuietly(join(part, 'builder'), ['--config=manifest.yaml'], { cwd: part, env: await goEnvironment() });
    await rename(join(part, 'build', 'otelcol'), join(part, 'otelcol'));
    for (const rest of ['build', 'builder']) await rm(join(part, rest), { recursive: true });
  });
  return join(folder, 'otelcol');
}
