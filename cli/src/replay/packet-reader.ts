import { CaptureFile, PacketPipeline, type PacketPipelineOptions, type Share } from '@flowloom/capturer';
import { type FrameConsumer, type Pause, readMerged } from './merged-captures.ts';
import type { PacketOptions } from './replay-options.ts';

/** What is read, and how: can be posted to a thread. */
export interface PacketJob {
  readonly paths: readonly string[];
  /** Name of each file as an observation point. */
  readonly agents: readonly string[];
  readonly options: PacketOptions;
  readonly share?: Share;
}

export type PacketSinks = Pick<PacketPipelineOptions, 'flows' | 'onTick'> & {
  readonly requests: NonNullable<PacketPipelineOptions['requests']>;
};

/** What was read of one file. */
export interface FileRead {
  readonly path: string;
  readonly packets: number;
  /** Packets of no flow, by reason. */
  readonly ignored: Readonly<Record<string, number>>;
  /** Where and why reading ended, null at the end of the file. */
  readonly error: string | null;
}

/** From capture files to rows, in the order of the packets' times. */
export async function readPackets(job: PacketJob, sinks: PacketSinks, pause: Pause): Promise<FileRead[]> {
  const { paths, agents, options, share } = job;
  const pipeline = new PacketPipeline({
    ...sinks,
    requests: options.requests ? sinks.requests : null,
    l7: { decodeAs: options.decodeAs, details: options.requests },
    decoder: { tunnels: options.tunnels },
    capacity: options.maxFlows,
    table: { hashSeed: 0, serverPorts: options.serverPorts, timeouts: options.timeouts },
    share,
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
  await readMerged(files, take, () => pipeline.settle(), pause);
  pipeline.flush();
  return files.map((file, i) => {
    file.close();
    return { path: file.path, packets: packets[i], ignored: pipeline.ignored.of(sites[i]), error: file.error };
  });
}
