import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';
import { type MavenDependency, mavenJars } from './maven.ts';

const version = '4.1.1';

const entries: Readonly<Record<string, readonly MavenDependency[]>> = {
  [`kafka-${version}`]: [
    { name: 'org.apache.kafka:kafka_2.13', version },
    { name: 'org.slf4j:slf4j-simple', version: '1.7.36' },
  ],
  // What they need beside comes with the broker.
  [`kafka-tools-${version}`]: [
    { name: 'org.apache.kafka:kafka-tools', version, alone: true },
    { name: 'net.sourceforge.argparse4j:argparse4j', version: '0.7.0' },
  ],
};

/** The folder with Kafka's jars; fetched by Maven once (about 30 s). Throws when java or mvn is missing. */
export function installKafka(): Promise<string> {
  return install(`kafka-${version}`);
}

/** The folder with the jars of Kafka's command line tools, to be used beside those of `installKafka`. */
export function installKafkaTools(): Promise<string> {
  return install(`kafka-tools-${version}`);
}

function install(entry: string): Promise<string> {
  return mavenJars(entry, entries[entry]);
}

/** Why a test that needs Kafka must be skipped here; undefined where it can run. */
export async function kafkaMissing(): Promise<string | undefined> {
  if (existsSync(join(cacheFolder(), `kafka-${version}`)))
    return (await runs('java')) ? undefined : 'java is not installed';
  const tools = await Promise.all(['java', 'mvn'].map(async (tool) => ((await runs(tool)) ? '' : tool)));
  const missing = tools.filter((tool) => tool !== '');
  return missing.length > 0 ? `${missing.join(' and ')} not installed` : undefined;
}

async function runs(tool: string): Promise<boolean> {
  try {
    await promisify(execFile)(tool, ['-version']);
    return true;
  } catch {
    return false;
  }
}
