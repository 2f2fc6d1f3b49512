import type { Attributes, Metric, NumberPoint } from '@flowloom/otlp';
import { temporality } from '@flowloom/otlp';
import type { Batch, NumberColumn } from '@flowloom/records';
import type { RowGroups } from './row-groups.ts';
import type { Series } from './series-table.ts';

/** A column whose values add up to a metric. Several columns may add to one metric, told apart by attributes. */
export interface CounterColumn {
  readonly metric: string;
  readonly unit: string;
  readonly doc: string;
  readonly column: string;
  readonly attributes?: Attributes;
}

/** Adds the columns of a batch to the counters of the series of each group: column by column. */
export function addColumns(
  columns: readonly CounterColumn[],
  batch: Batch,
  groups: RowGroups,
  series: readonly { readonly counters: Float64Array }[],
): void {
  const sums = new Float64Array(groups.length);
  for (const [i, { column }] of columns.entries()) {
    const { values } = batch.column(column) as NumberColumn;
    sums.fill(0);
    for (let row = 0; row < batch.length; row++) sums[groups.groups[row]] += values[row];
    for (let group = 0; group < sums.length; group++) series[group].counters[i] += sums[group];
  }
}

/** The metrics that these columns make, as monotonic cumulative sums. */
export function counterMetrics(
  columns: readonly CounterColumn[],
  series: readonly Series<{ readonly counters: Float64Array }>[],
  timeUs: number,
): Metric[] {
  const points = new Map<string, NumberPoint[]>();
  for (const { attributes, startUs, data } of series) {
    for (const [i, column] of columns.entries()) {
      if (data.counters[i] === 0) continue;
      let list = points.get(column.metric);
      if (!list) points.set(column.metric, (list = []));
      list.push({ attributes: { ...attributes, ...column.attributes }, startUs, timeUs, value: data.counters[i] });
    }
  }
  const distinct = columns.filter(({ metric }, i) => columns.findIndex((other) => other.metric === metric) === i);
  return distinct
    .filter(({ metric }) => points.has(metric))
    .map(({ metric, unit, doc }) => ({
      name: metric,
      unit,
      description: doc,
      data: {
        type: 'sum',
        numbers: 'int',
        monotonic: true,
        temporality: temporality.cumulative,
        points: points.get(metric)!,
      },
    }));
}
