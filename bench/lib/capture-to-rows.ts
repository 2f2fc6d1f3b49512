// A capture file through the capturer's pipeline to rows, which are counted. Ends with an error where the number of request
// rows is not the one expected. Usage: node bench/lib/capture-to-rows.ts FILE REQUESTS
import { CaptureFile, PacketPipeline } from '@flowloom/capturer';

const [path, expected] = process.argv.slice(2);
let rows = 0;
const pipeline = new PacketPipeline({
  flows: () => {},
  requests: (batch) => {
    rows += batch.length;
  },
});
const site = pipeline.addInterface({ agent: 'bench', name: path, source: 'pcap', kind: 'replay' });
const file = new CaptureFile(path);
while (await file.fill()) {
  while (file.reader.next()) {
    const { bytes, start, capturedBytes, wireBytes, timeUs, linkType } = file.reader.frame;
    pipeline.frame(bytes, start, capturedBytes, wireBytes, timeUs, linkType, site, 0);
  }
  pipeline.settle();
}
pipeline.flush();
if (rows !== Number(expected)) throw new Error(`${rows} requests instead of ${expected}`);
