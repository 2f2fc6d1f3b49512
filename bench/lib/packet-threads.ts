// One packet thread for each file: from capture to rows, requests counted. What bench/packet-threads.ts times.
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { CaptureFile, PacketPipeline } from '@flowloom/capturer';

async function read(path: string): Promise<void> {
  const pipeline = new PacketPipeline({ flows: () => {}, requests: null, l7: { details: false } });
  const site = pipeline.addInterface({ agent: 'bench', name: '', source: 'pcap', kind: 'replay' });
  const file = new CaptureFile(path);
  while (await file.fill()) {
    while (file.reader.next()) {
      const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = file.reader.frame;
      pipeline.frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, site, 0);
    }
    pipeline.settle();
  }
  pipeline.flush();
}

if (isMainThread)
  for (const path of process.argv.slice(2)) new Worker(fileURLToPath(import.meta.url), { workerData: path });
else await read(workerData as string);
