import type { ResourceIndex } from '@flowloom/tagger';
import { Outputs } from './outputs.ts';
import { type PacketJob, type PacketSinks, readPackets } from './packet-reader.ts';
import { readPacketsInThreads } from './packet-threads.ts';
import type { FileSummary, ReplayOptions } from './replay-options.ts';
import { Stages } from './stages.ts';

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
    requests: (batch) => {
      stages.requests(batch);
      return batch;
    },
  };
  const { snaplen, decodeAs, requests, maxFlows, serverPorts, timeouts, tunnels } = options;
  const job: PacketJob = {
    paths,
    agents,
    options: { snaplen, decodeAs, requests, maxFlows, serverPorts, timeouts, tunnels },
  };
  const settle = () => stages.settle();
  const { threads = 0 } = options;
  const read = threads === 0 ? readPackets(job, sinks, settle) : readPacketsInThreads(job, threads, sinks, settle);
  const files = await read;
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
