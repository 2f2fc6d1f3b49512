import { statSync } from 'node:fs';
import type { ResourceIndex } from '@flowloom/tagger';
import { Outputs } from './outputs.ts';
import { type PacketJob, type PacketSinks, readPackets } from './packet-reader.ts';
import { readPacketsInThreads } from './packet-threads.ts';
import type { FileSummary, ReplayOptions } from './replay-options.ts';
import { Stages } from './stages.ts';

/** Less is read before a thread would have started. */
const largeBytes = 32 << 20;

/** One run over one or more captures, which are one observation: writes the four outputs into `folder`. */
export async function replayRun(
  paths: readonly string[],
  agents: readonly string[],
  folder: string,
  options: ReplayOptions,
  resources: ResourceIndex,
): Promise<FileSummary[]> {
  const outputs = new Outputs(folder);
  const stages = new Stages(outputs, resources);
  const sinks: PacketSinks = {
    flows: (batch) => stages.flows(batch),
    requests: (batch) => stages.requests(batch),
  };
  const { snaplen, decodeAs, requests, maxFlows, serverPorts, timeouts, tunnels } = options;
  const job: PacketJob = {
    paths,
    agents,
    options: { snaplen, decodeAs, requests, maxFlows, serverPorts, timeouts, tunnels },
  };
  const settle = () => stages.settle();
  const wanted = options.threads ?? (isLarge(paths) ? 1 : 0);
  const files =
    wanted === 0 ? await readPackets(job, sinks, settle) : await readPacketsInThreads(job, wanted, sinks, settle);
  await stages.finish();
  outputs.close();
  return files.map(({ path, packets, ignored, error }, i) => ({
    file: path,
    packets,
    ...stages.counted(agents[i]),
    ignored,
    error,
  }));
}

function isLarge(paths: readonly string[]): boolean {
  let bytes = 0;
  for (const path of paths) {
    const file = path === '-' ? undefined : statSync(path, { throwIfNoEntry: false });
    if (!file?.isFile()) return false; // only a file can be read from its beginning by several
    bytes += file.size;
  }
  return bytes >= largeBytes;
}
