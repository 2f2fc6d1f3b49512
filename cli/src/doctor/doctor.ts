import os from 'node:os';
import { aggregatorConfig } from '@flowloom/aggregator/config';
import { capturerConfig } from '@flowloom/capturer/config';
import { budgetOptions, openAndCloseLoopback, openAndCloseRing, tryEbpf } from '@flowloom/capturer/probe';
import {
  busConfig,
  ConfigError,
  commonSections,
  loadConfig,
  otlpConfig,
  redisConfig,
} from '@flowloom/service-kit/config';
import { taggerConfig } from '@flowloom/tagger/config';
import { tracerConfig } from '@flowloom/tracer/config';
import { ExitCode, Failure } from '../failure.ts';
import type { Check, Finding } from './check.ts';
import { budgetCheck } from './node/budget-check.ts';
import { Host } from './node/host.ts';
import { packetChecks } from './node/packet-checks.ts';
import { syscallChecks } from './node/syscall-checks.ts';
import { kafkaCheck } from './reach/kafka.ts';
import { kubernetesCheck } from './reach/kubernetes.ts';
import { otlpCheck } from './reach/otlp.ts';
import { ovnCheck } from './reach/ovn.ts';
import { readyCheck } from './reach/ready.ts';
import { redisChecks } from './reach/redis.ts';
import { type Checked, reportLines } from './report.ts';

export interface DoctorOptions {
  /** Names of checks or groups; absent: all. */
  readonly only?: readonly string[];
  /** Services whose readiness is asked for, too. */
  readonly ready: readonly string[];
  /** Whether what eBPF needs is looked at. */
  readonly ebpf: boolean;
  readonly json?: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Looks at the node and at what it talks to, all at once, and prints what lacks and how to mend it. Changes nothing.
 * Exit code 0, or 1 where something lacks. Throws a `Failure` for settings or names that cannot be used.
 */
export async function doctor(options: DoctorOptions, print: (line: string) => void): Promise<ExitCode> {
  const checked = await Promise.all(chosen(allChecks(options), options.only).map(run));
  if (options.json) print(JSON.stringify({ lacking: checked.filter(isLacking).length, checks: checked }));
  else for (const line of reportLines(checked)) print(line);
  return checked.some(isLacking) ? ExitCode.failed : ExitCode.ok;
}

const isLacking = ({ status }: Finding) => status === 'lacking';

async function run({ name, group, run }: Check): Promise<Checked> {
  try {
    return { name, group, ...(await run()) };
  } catch (error) {
    return {
      name,
      group,
      status: 'lacking',
      detail: (error as Error).message,
      remedy:
        error instanceof ConfigError
          ? 'docs/reference/config.md says what is expected'
          : 'this is unexpected: please report it',
    };
  }
}

function allChecks({ env, ebpf, ready }: DoctorOptions): Check[] {
  const config = settings(env);
  const host = new Host();
  return [
    ...packetChecks(host, config.of(capturerConfig), openAndCloseRing, ebpf ? openAndCloseLoopback : undefined),
    ...(ebpf ? syscallChecks(host, tryEbpf, config.of(capturerConfig).ebpfTls) : []),
    budgetCheck(budgetOptions(config.of(capturerConfig)), os.cpus().length),
    kafkaCheck(config.of(busConfig)),
    ...redisChecks(config.of(redisConfig)),
    kubernetesCheck(config.of(taggerConfig), env),
    ovnCheck(config.of(taggerConfig)),
    otlpCheck(config.of(otlpConfig)),
    ...ready.map(readyCheck),
  ];
}

function settings(env: NodeJS.ProcessEnv) {
  try {
    return loadConfig([...commonSections, capturerConfig, taggerConfig], {
      env,
      alsoKnown: [aggregatorConfig, tracerConfig],
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(error.problems.join('\nflowloom: '), ExitCode.usage);
    throw error;
  }
}

/** Those of a group or name; what is asked of `--ready` always. */
function chosen(checks: readonly Check[], only: readonly string[] | undefined): Check[] {
  if (!only) return [...checks];
  const known = new Set(checks.flatMap(({ name, group }) => [name, group]));
  const unknown = only.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Failure(`no check ${unknown.join(', ')}: there are ${[...known].join(', ')}`, ExitCode.usage);
  }
  const readiness = (name: string) => name.includes(':');
  return checks.filter(({ name, group }) => only.includes(name) || only.includes(group) || readiness(name));
}
