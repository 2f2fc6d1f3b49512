import type { Metric } from '@flowloom/otlp';
import type { TaggedFlows } from '../flows/flow-window.ts';
import type { TaggedRequests } from '../requests/request-logs.ts';
import { NetworkMetrics } from './network-metrics.ts';
import { RequestMetrics } from './request-metrics.ts';

export interface MetricsOptions {
  /** Most series of each kind (flows, ended flows, requests); further ones share one overflow series. */
  readonly maxSeries?: number;
  /** A series that nothing changes for so long ends, µs. */
  readonly idleUs?: number;
}

/** All metrics that are made of traffic: cumulative since each series began. Times are the caller's, µs. */
export class TrafficMetrics {
  readonly #network: NetworkMetrics;
  readonly #requests: RequestMetrics;

  constructor({ maxSeries = 10_000, idleUs = 15 * 60_000_000 }: MetricsOptions = {}) {
    this.#network = new NetworkMetrics({ maxSeries, idleUs });
    this.#requests = new RequestMetrics({ maxSeries, idleUs });
  }

  get series(): number {
    return this.#network.series + this.#requests.series;
  }

  addFlows(flows: TaggedFlows, nowUs: number): void {
    this.#network.add(flows, nowUs);
  }

  addRequests(requests: TaggedRequests, nowUs: number): void {
    this.#requests.add(requests, nowUs);
  }

  /** Every series as it stands; metrics without points are left out. */
  collect(timeUs: number): Metric[] {
    const all = [...this.#network.collect(timeUs), ...this.#requests.collect(timeUs)];
    return all.filter(({ data }) => data.points.length > 0);
  }
}
