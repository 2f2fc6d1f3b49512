import { PacketPipeline } from '@flowloom/capturer';
import { readFrames } from './capture-file.ts';
import { ownCpu } from './process-cpu.ts';

export interface PacketsCost {
  readonly cpuS: number;
  readonly packets: number;
  readonly requests: number;
}

/**
 * What the capturer spends on a capture of at most `capacity` flows, from packets to rows of flows and requests: for one pass once it is
 * warm, measured over that many seconds.
 */
export function packetsCost(file: string, capacity: number, seconds: number): PacketsCost {
  const frames = [...readFrames(file)];
  let requests = 0;
  const pass = () => {
    const pipeline = new PacketPipeline({
      capacity,
      flows: () => {},
      requests: (batch) => {
        requests += batch.length;
      },
    });
    const site = pipeline.addInterface({ agent: 'bench', name: file, source: 'pcap', kind: 'replay' });
    for (const { frame, timeUs, wireBytes } of frames)
      pipeline.frame(frame, 0, frame.length, wireBytes, timeUs, 1, site, 0);
    pipeline.settle();
    pipeline.flush();
  };
  const warm = ownCpu();
  while (ownCpu() - warm < seconds / 2) pass();
  requests = 0;
  const started = ownCpu();
  let passes = 0;
  for (; ownCpu() - started < seconds; passes++) pass();
  return { cpuS: (ownCpu() - started) / passes, packets: frames.length, requests: requests / passes };
}
