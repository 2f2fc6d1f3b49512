import type { Attributes, Metric } from '@flowloom/otlp';
import type { Batch } from '@flowloom/records';
import type { TaggedRequests } from '../requests/request-logs.ts';
import { nameAt, present, sideAttributes, sideColumns } from './attributes.ts';
import { addColumns, type CounterColumn, counterMetrics } from './counters.ts';
import { DurationHistogram } from './histogram.ts';
import { histogramMetric } from './histogram-metric.ts';
import { RowGroups } from './row-groups.ts';
import { SeriesTable } from './series-table.ts';

const requestCounters: readonly CounterColumn[] = [
  {
    metric: 'flowloom.request.io',
    unit: 'By',
    doc: 'Bytes of request and response messages, by direction as the client sees it',
    column: 'request_bytes',
    attributes: { 'network.io.direction': 'transmit' },
  },
  {
    metric: 'flowloom.request.io',
    unit: 'By',
    doc: 'Bytes of request and response messages, by direction as the client sees it',
    column: 'response_bytes',
    attributes: { 'network.io.direction': 'receive' },
  },
  { metric: 'flowloom.requests', unit: '{request}', doc: 'Requests, by status', column: 'has_request' },
];

interface RequestSeries {
  readonly counters: Float64Array;
  readonly duration: DurationHistogram;
}

/** Rate, errors and duration of requests by who asks whom for what. Errors are the requests whose status is not ok. */
export class RequestMetrics {
  readonly #groups = new RowGroups(['observation_point', 'protocol', 'endpoint', 'response_status', ...sideColumns]);
  readonly #requests: SeriesTable<RequestSeries>;

  constructor(limits: { maxSeries: number; idleUs: number }) {
    this.#requests = new SeriesTable(limits, () => ({
      counters: new Float64Array(requestCounters.length),
      duration: new DurationHistogram(),
    }));
  }

  get series(): number {
    return this.#requests.size;
  }

  add(requests: TaggedRequests, nowUs: number): void {
    const batch = requests as unknown as Batch;
    this.#groups.group(batch);
    const series = this.#groups.rows.map((row) => this.#requests.get(attributesOf(batch, row), nowUs));
    addColumns(requestCounters, batch, this.#groups, series);
    const { start_us, end_us, has_request, has_response } = requests.columns;
    for (let row = 0; row < requests.length; row++) {
      if (has_request.values[row] === 0 || has_response.values[row] === 0) continue;
      const seconds = Math.max(end_us.values[row] - start_us.values[row], 0) / 1e6;
      series[this.#groups.groups[row]].duration.record(seconds);
    }
  }

  collect(timeUs: number): Metric[] {
    const series = this.#requests.collect(timeUs);
    const name = 'flowloom.request.duration';
    return [
      ...counterMetrics(requestCounters, series, timeUs),
      histogramMetric(name, 'First byte of the request to last of the response', series, (s) => s.duration, timeUs),
    ];
  }
}

function attributesOf(batch: Batch, row: number): Attributes {
  return {
    ...present({
      'flowloom.observation_point': nameAt(batch, 'observation_point', row),
      'network.protocol.name': nameAt(batch, 'protocol', row),
      'flowloom.endpoint': nameAt(batch, 'endpoint', row),
      'flowloom.status': nameAt(batch, 'response_status', row),
    }),
    ...sideAttributes(batch, row),
  };
}
