import { CaptureFile, PacketPipeline } from '@flowloom/capturer';
import { readMerged } from './merged-captures.ts';
import { Outputs } from './outputs.ts';
import type { FileSummary, ReplayOptions } from './replay-options.ts';

/** One run over one or more captures, which are one observation: writes the four outputs into `folder`. */
export async function replayRun(
  paths: readonly string[],
  agents: readonly string[],
  folder: string,
  options: ReplayOptions,
): Promise<FileSummary[]> {
  const outputs = new Outputs(folder, agents);
  const pipeline = new PacketPipeline({
    flows: (batch) => outputs.flows(batch),
    requests: (batch) => outputs.requests(batch),
    l7: { decodeAs: options.decodeAs },
    table: { hashSeed: 0 },
  });
  const sites = agents.map((agent) => pipeline.addInterface({ agent, name: '', source: 'pcap', kind: 'replay' }));
  const files = paths.map((path) => new CaptureFile(path));
  const packets = paths.map(() => 0);
  const { snaplen } = options;
  await readMerged(files, (source, { reader: { frame } }) => {
    packets[source]++;
    const captured = Math.min(frame.capturedBytes, snaplen);
    const { bytes, start, wireBytes, timeUs, linkType } = frame;
    pipeline.frame(bytes, start, captured, wireBytes, timeUs, linkType, sites[source], 0);
  });
  pipeline.flush();
  outputs.close();
  return files.map((file, i) => {
    file.close();
    const { flows, requests } = outputs.counted(agents[i]);
    return { file: file.path, packets: packets[i], flows, requests, error: file.error };
  });
}
