import { KafkaBus } from '@flowloom/bus/kafka';
import { KafkaBroker, kafkaMissing } from '@flowloom/testkit/kafka';
import { afterAll, beforeAll, describe } from 'vitest';
import { busContract } from '../../../libs/bus/src/testing/bus-contract.ts';

const missing = await kafkaMissing();
if (missing) console.warn(`skipped: the bus contract on Kafka, ${missing}`);

describe.skipIf(missing)('the bus contract on a real Kafka 4 broker', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await KafkaBroker.start();
  });
  afterAll(() => broker?.remove());

  busContract(() => new KafkaBus({ brokers: [broker.address], clientId: 'contract' }));
});
