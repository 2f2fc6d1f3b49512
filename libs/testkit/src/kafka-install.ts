import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const version = '4.1.1';

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flowloom</groupId><artifactId>kafka</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/** Where servers for tests are kept between runs, outside the checkout. */
export function cacheFolder(): string {
  return process.env.FLOWLOOM_CACHE ?? join(homedir(), '.cache', 'flowloom');
}

/** The folder with Kafka's jars; fetched by Maven once (about 30 s). Throws when java or mvn is missing. */
export async function installKafka(): Promise<string> {
  const folder = join(cacheFolder(), `kafka-${version}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.part-`);
  try {
    await writeFile(join(work, 'pom.xml'), pom);
    const jars = join(work, 'jars');
    const args = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`];
    await promisify(execFile)('mvn', args, { cwd: work });
    // Two runs may have fetched at the same time: the first one stays.
    if (!existsSync(folder)) await rename(jars, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
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
