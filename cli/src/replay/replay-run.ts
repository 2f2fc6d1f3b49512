import { CaptureFile, PacketPipeline } from '@flowloom/capturer';
import type { ResourceIndex } from '@flowloom/tagger';
import { type FrameConsumer, readMerged } from './merged-captures.ts';
import { Outputs } from './outputs.ts';
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
  const pipeline = new PacketPipeline({
    flows: (batch) => stages.flows(batch),
    requests: options.requests ? (batch) => stages.requests(batch) : null,
    l7: { decodeAs: options.decodeAs, details: options.requests },
    decoder: { tunnels: options.tunnels },
    capacity: options.maxFlows,
    table: { hashSeed: 0, serverPorts: options.serverPorts, timeouts: options.timeouts },
  });
  const sites = agents.map((agent) => pipeline.addInterface({ agent, name: '', source: 'pcap', kind: 'replay' }));
  const files = paths.map((path) => new CaptureFile(path));
  const packets = paths.map(() => 0);
  const { snaplen } = options;
  const take: FrameConsumer = (source, { reader: { frame } }) => {
    packets[source]++;
    const captured = Math.min(frame.capturedBytes, snaplen);
    const { bytes, start, wireBytes, timeUs, linkType } = frame;
    pipeline.frame(bytes, start, captured, wireBytes, timeUs, linkType, sites[source], 0);
  };
  await readMerged(
    files,
    take,
    () => pipeline.settle(),
    () => stages.settle(),
  );
  pipeline.flush();
  await stages.finish();
  outputs.close();
  return files.map((file, i) => {
    file.close();
    const { flows, requests } = stages.counted(agents[i]);
    const ignored = pipeline.ignored.of(sites[i]);
    return { file: file.path, packets: packets[i], flows, requests, ignored, error: file.error };
  });
}
