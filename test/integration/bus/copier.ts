// A process to be killed: copies a topic to another, each batch in one transaction, and says so on its output.
import { KafkaBus } from '../../../libs/bus/src/kafka/index.ts';

const [address, groupId, input, output] = process.argv.slice(2);
const bus = new KafkaBus({ brokers: [address], clientId: 'copier', sessionTimeoutMs: 6000 });
await bus.consume(
  { groupId, topics: [input], transactional: true, concurrency: 12, maxBatchBytes: 2000 },
  {
    eachBatch: async ({ partition, records }) => {
      const outputs = records.map(({ value, key }) => ({ topic: output, key, value }));
      await partition.commit({ offset: records[records.length - 1].offset + 1, outputs });
      console.log(`copied ${records.length}`);
    },
  },
);
