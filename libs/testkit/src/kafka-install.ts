import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, cacheFolder } from './cache.ts';

const version = '4.1.1';

const dependency = (name: string, of: string, more = '') => {
  const [group, artifact] = name.split(':');
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${of}</version>${more}</dependency>`;
};
const alone = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';

const entries = {
  [`kafka-${version}`]: [
    dependency('org.apache.kafka:kafka_2.13', version),
    dependency('org.slf4j:slf4j-simple', '1.7.36'),
  ],
  // What they need beside comes with the broker.
  [`kafka-tools-${version}`]: [
    dependency('org.apache.kafka:kafka-tools', version, alone),
    dependency('net.sourceforge.argparse4j:argparse4j', '0.7.0'),
  ],
};

const pom = (dependencies: readonly string[]) => `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flowloom</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>${dependencies.join('\n')}</dependencies>
</project>
`;

/** The folder with Kafka's jars; fetched by Maven once (about 30 s). Throws when java or mvn is missing. */
export function installKafka(): Promise<string> {
  return install(`kafka-${version}`);
}

/** The folder with the jars of Kafka's command line tools, to be used beside those of `installKafka`. */
export function installKafkaTools(): Promise<string> {
  return install(`kafka-tools-${version}`);
}

function install(entry: keyof typeof entries): Promise<string> {
  return cached(entry, async (folder) => {
    const work = await mkdtemp(join(tmpdir(), 'flowloom-maven-'));
    try {
      await writeFile(join(work, 'pom.xml'), pom(entries[entry]));
      const args = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
      await promisify(execFile)('mvn', args, { cwd: work });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
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
