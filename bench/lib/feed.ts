import { CaptureFile, type PacketPipeline } from '@flowloom/capturer';

/** Gives a pipeline all frames of a capture file, and ends its flows. */
export async function feed(pipeline: PacketPipeline, path: string): Promise<void> {
  const site = pipeline.addInterface({ agent: 'bench', name: path, source: 'pcap', kind: 'replay' });
  const file = new CaptureFile(path);
  while (await file.fill()) {
    while (file.reader.next()) {
      const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = file.reader.frame;
      pipeline.frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, site, 0);
    }
    pipeline.settle();
  }
  file.close();
  pipeline.flush();
}
