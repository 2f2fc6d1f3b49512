import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache.ts';

/** What a program in Java needs, by Maven's coordinates. */
export interface MavenDependency {
  /** `group:artifact` */
  readonly name: string;
  readonly version: string;
  /** Without what it depends on itself. */
  readonly alone?: boolean;
}

const exclusions = '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>';

function xml({ name, version, alone }: MavenDependency): string {
  const [group, artifact] = name.split(':');
  const inside = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>`;
  return `<dependency>${inside}${alone ? exclusions : ''}</dependency>`;
}

/** The folder of the cache with their jars; fetched by Maven once. Throws where java or mvn is missing. */
export function mavenJars(entry: string, dependencies: readonly MavenDependency[]): Promise<string> {
  return cached(entry, async (folder) => {
    const work = await mkdtemp(join(tmpdir(), 'flowloom-maven-'));
    const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>flowloom</groupId><artifactId>jars</artifactId><version>1</version>
  <dependencies>${dependencies.map(xml).join('\n')}</dependencies>
</project>
`;
    try {
      await writeFile(join(work, 'pom.xml'), pom);
      const args = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
      await promisify(execFile)('mvn', args, { cwd: work });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}
