import type { BusProducer } from '@flowloom/bus';
import type { ExportQueue, Resource } from '@flowloom/otlp';
import { metricRequests } from './core/metrics/metric-requests.ts';
import type { TrafficMetrics } from './core/metrics/metrics.ts';

export interface MetricsPublisherOptions {
  readonly metrics: TrafficMetrics;
  readonly resource: Resource;
  /** Where metrics are published; either may be absent. */
  readonly topic?: string;
  readonly producer: BusProducer;
  readonly exports?: ExportQueue;
}

/** Publishes every series as it stands: on `otlp_metrics` and to the OTLP endpoint. */
export class MetricsPublisher {
  readonly #options: MetricsPublisherOptions;
  readonly #key: string;

  constructor(options: MetricsPublisherOptions) {
    this.#options = options;
    this.#key = String(options.resource.attributes['service.instance.id']);
  }

  async publish(timeUs: number): Promise<void> {
    const { metrics, resource, topic, producer, exports } = this.#options;
    const requests = metricRequests(resource, metrics.collect(timeUs));
    if (topic && requests.length > 0) {
      await producer.send(requests.map(({ bytes }) => ({ topic, key: this.#key, value: bytes })));
    }
    for (const { bytes, points } of requests) await exports?.put(bytes, points);
  }
}
