import type { Bus } from '@flowloom/bus';
import { runServices } from '@flowloom/service-kit';
import type { ExitCode } from '../failure.ts';
import { services } from '../services/registry.ts';
import { logTap } from './log-tap.ts';
import { untilRead } from './until-read.ts';

export interface RunCommandOptions {
  readonly interface?: string[];
  /** False: packets alone. */
  readonly ebpf?: boolean;
  readonly resources?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The whole pipeline in this process, over the embedded bus and memory. Returns the exit code. */
export async function run(options: RunCommandOptions): Promise<ExitCode> {
  const pipeline = await Promise.all([
    services.capturer(),
    services.tagger(),
    services.aggregator(),
    services.tracer(),
  ]);
  const print = options.json ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
  const code = await runServices({
    services: [...pipeline, logTap({ out: options.out, print })],
    env: process.env,
    overrides: {
      bus: { brokers: [], topicPartitions: 4 },
      redis: { url: [] },
      process: options.json ? { logFormat: 'json' } : {},
      capturer: {
        ...(options.interface && { interfaces: options.interface }),
        ...(options.ebpf === false && { ebpf: 'off' }),
        spillBytes: 0,
      },
      // Nobody reads these topics here but for the files, and request logs are made where they are read.
      aggregator: { publishMetrics: options.out !== undefined, publishRequestLogs: false },
      tracer: { publishSpans: options.out !== undefined },
      tagger: options.resources ? { inventoryFile: options.resources } : {},
    },
    beforeClose: (service: string, bus: Bus) => untilRead(service, bus),
  });
  return code as ExitCode;
}
