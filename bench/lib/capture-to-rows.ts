// A capture file through the capturer's pipeline to rows, which are counted. Ends with an error where the number of request
// rows is not the one expected. Usage: node bench/lib/capture-to-rows.ts FILE REQUESTS
import { PacketPipeline } from '@flowloom/capturer';
import { feed } from './feed.ts';

const [path, expected] = process.argv.slice(2);
let rows = 0;
const pipeline = new PacketPipeline({
  flows: () => {},
  requests: (batch) => {
    rows += batch.length;
  },
});
await feed(pipeline, path);
if (rows !== Number(expected)) throw new Error(`${rows} requests instead of ${expected}`);
