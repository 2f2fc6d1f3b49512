import type { Metric } from '@flowloom/otlp';
import type { Batch } from '@flowloom/records';
import type { TaggedFlows } from '../flows/flow-window.ts';
import { flowStatus } from '../flows/status.ts';
import { nameAt, present, sideAttributes, sideColumns } from './attributes.ts';
import { addColumns, type CounterColumn, counterMetrics } from './counters.ts';
import { DurationHistogram } from './histogram.ts';
import { histogramMetric } from './histogram-metric.ts';
import { RowGroups } from './row-groups.ts';
import { SeriesTable } from './series-table.ts';

/** Of the client: what it sends is transmit. */
const transmit = { 'network.io.direction': 'transmit' };
const receive = { 'network.io.direction': 'receive' };

const both = (metric: string, unit: string, doc: string, column: string): CounterColumn[] => [
  { metric, unit, doc, column: `${column}_tx`, attributes: transmit },
  { metric, unit, doc, column: `${column}_rx`, attributes: receive },
];

const flowCounters: readonly CounterColumn[] = [
  ...both('flowloom.network.io', 'By', 'Bytes of frames, by direction as the client sees it', 'bytes'),
  ...both('flowloom.network.packets', '{packet}', 'Packets', 'packets'),
  ...both('flowloom.tcp.payload', 'By', 'Bytes of TCP and UDP payload', 'l4_bytes'),
  { metric: 'flowloom.network.flows', unit: '{flow}', doc: 'Flows that began', column: 'is_new' },
  ...both('flowloom.tcp.retransmissions', '{packet}', 'TCP segments sent again, without SYN', 'retrans'),
  { metric: 'flowloom.tcp.syn', unit: '{packet}', doc: 'SYN packets', column: 'syn_count' },
  {
    metric: 'flowloom.tcp.syn.retransmissions',
    unit: '{packet}',
    doc: 'SYN packets sent again',
    column: 'retrans_syn',
  },
  ...both('flowloom.tcp.out_of_order', '{packet}', 'TCP segments that came after a later one', 'out_of_order'),
  ...both('flowloom.tcp.zero_window', '{packet}', 'TCP segments that offer no window', 'zero_window'),
];

const endCounter: readonly CounterColumn[] = [
  { metric: 'flowloom.network.flows.ended', unit: '{flow}', doc: 'Flows that ended, by status', column: '' },
];

interface FlowSeries {
  readonly counters: Float64Array;
  readonly rtt: DurationHistogram;
}

/** Flows that ended are counted apart: the status is one attribute more. */
interface EndSeries {
  ended: number;
}

/** Bytes, packets, flows, TCP's troubles and round-trip times, by who talks to whom. Fed with ticks. */
export class NetworkMetrics {
  readonly #groups = new RowGroups(['observation_point', 'protocol', 'close_type', ...sideColumns]);
  readonly #flows: SeriesTable<FlowSeries>;
  readonly #ends: SeriesTable<EndSeries>;

  constructor(limits: { maxSeries: number; idleUs: number }) {
    this.#flows = new SeriesTable(limits, () => ({
      counters: new Float64Array(flowCounters.length),
      rtt: new DurationHistogram(),
    }));
    this.#ends = new SeriesTable(limits, () => ({ ended: 0 }));
  }

  get series(): number {
    return this.#flows.size + this.#ends.size;
  }

  add(flows: TaggedFlows, nowUs: number): void {
    const batch = flows as unknown as Batch;
    this.#groups.group(batch);
    const sizes = this.#sizes(flows.length);
    const series = this.#groups.rows.map((row, group) => {
      const attributes = {
        ...present({
          'flowloom.observation_point': nameAt(batch, 'observation_point', row),
          'network.transport': nameAt(batch, 'protocol', row),
        }),
        ...sideAttributes(batch, row),
      };
      const closeType = nameAt(batch, 'close_type', row);
      if (closeType !== 'periodic') {
        const status = flowStatus(closeType, nameAt(batch, 'protocol', row));
        this.#ends.get({ ...attributes, 'flowloom.status': status }, nowUs).ended += sizes[group];
      }
      return this.#flows.get(attributes, nowUs);
    });
    addColumns(flowCounters, batch, this.#groups, series);
    this.#addRtt(flows, series);
  }

  collect(timeUs: number): Metric[] {
    const flows = this.#flows.collect(timeUs);
    const ends = this.#ends.collect(timeUs).map(({ data, ...series }) => ({
      ...series,
      data: { counters: Float64Array.of(data.ended) },
    }));
    return [
      ...counterMetrics(flowCounters, flows, timeUs),
      ...counterMetrics(endCounter, ends, timeUs),
      histogramMetric('flowloom.tcp.rtt', 'TCP handshake round-trip time', flows, ({ rtt }) => rtt, timeUs),
    ];
  }

  /** A flow bears its round-trip time in every tick: it counts in the one that saw the handshake. */
  #addRtt({ columns, length }: TaggedFlows, series: readonly FlowSeries[]): void {
    const { rtt_us, is_new, synack_count } = columns;
    for (let row = 0; row < length; row++) {
      if (rtt_us.values[row] === 0 || (is_new.values[row] === 0 && synack_count.values[row] === 0)) continue;
      series[this.#groups.groups[row]].rtt.record(rtt_us.values[row] / 1e6);
    }
  }

  #sizes(rows: number): Uint32Array {
    const sizes = new Uint32Array(this.#groups.length);
    for (let row = 0; row < rows; row++) sizes[this.#groups.groups[row]]++;
    return sizes;
  }
}
