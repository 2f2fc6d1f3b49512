import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface KafkaRecord {
  readonly key: string;
  /** Alternately names and values. */
  readonly headers: readonly string[];
  readonly payload: string;
}

/** What is on a topic now: committed records, read by kcat. */
export async function readTopic(brokers: string, topic: string): Promise<KafkaRecord[]> {
  const args = ['-b', brokers, '-C', '-t', topic, '-e', '-q', '-J', '-o', 'beginning'];
  const { stdout } = await run('kcat', args, { maxBuffer: 1 << 30 });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Rows of a topic whose values are JSON. */
export async function readJson<T>(brokers: string, topic: string): Promise<T[]> {
  return (await readTopic(brokers, topic)).map(({ payload }) => JSON.parse(payload));
}

/** Produces one record by kcat. */
export async function writeTopic(brokers: string, topic: string, value: string): Promise<void> {
  const producer = run('kcat', ['-b', brokers, '-P', '-t', topic]);
  producer.child.stdin?.end(value);
  await producer;
}
