import Broker from 'kafkajs/src/broker/index.js';
import { hideAborted } from './aborted-records.ts';

let isMended = false;

/** Keeps records of aborted transactions from the consumers of this process, which kafkajs 2.2.4 does not do reliably. */
export function mendReadCommitted(): void {
  if (isMended) return;
  isMended = true;
  const { fetch } = Broker.prototype;
  Broker.prototype.fetch = async function (request) {
    const response = await fetch.call(this, request);
    for (const { partitions } of response.responses) for (const fetched of partitions) hideAborted(fetched);
    return response;
  };
}
