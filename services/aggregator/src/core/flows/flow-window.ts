import { Batch, flowLog, NameMap, RowCopier, RowMerger, SKIP, taggedFlow, WordTable } from '@flowloom/records';
import { flowStatus } from './status.ts';
import { turn, turnedPoint } from './turn.ts';

export type TaggedFlows = Batch<typeof taggedFlow.fields>;
export type FlowLogs = Batch<typeof flowLog.fields>;

const merger = new RowMerger(taggedFlow, flowLog);
const rowMerger = new RowMerger(flowLog, flowLog);
const rowCopier = new RowCopier(flowLog, flowLog);

/**
 * The flows of one minute: ticks of the same flow, observation point and direction become one row, each field by its
 * own merge rule. Where a tick says that client and server have changed places, what was gathered before is turned round
 * and becomes part of its row.
 */
export class FlowWindow {
  readonly minuteUs: number;
  rows: FlowLogs = new Batch(flowLog);
  /** flow id (2), agent, interface, observation point, ports. */
  readonly #flows = new WordTable(6);
  readonly #agents = new NameMap();
  readonly #interfaces = new NameMap();
  readonly #points = new NameMap();
  /** Rows of flows that were found to have been the wrong way round; the last one counts. */
  readonly #reversals = new Set<number>();

  constructor(minuteUs: number) {
    this.minuteUs = minuteUs;
  }

  /** Merges the ticks for which `targets` is not SKIP; overwrites the others' neighbours with their rows here. */
  add(ticks: TaggedFlows, targets: Uint32Array, skip: number): void {
    const { flow_id, agent, interface: name, observation_point, client_port, server_port, is_reversed } = ticks.columns;
    const columns = this.rows.columns;
    this.#agents.begin(agent, columns.agent);
    this.#interfaces.begin(name, columns.interface);
    this.#points.begin(observation_point, columns.observation_point);
    const { key } = this.#flows;
    for (let i = 0; i < ticks.length; i++) {
      if (targets[i] === skip) continue;
      key[0] = flow_id.values[2 * i];
      key[1] = flow_id.values[2 * i + 1];
      key[2] = this.#agents.code(agent.values[i]);
      key[3] = this.#interfaces.code(name.values[i]);
      key[4] = this.#points.code(observation_point.values[i]);
      // A flow whose direction was found out later has rows of either direction until the minute is finished.
      key[5] = client_port.values[i] * 0x1_0000 + server_port.values[i];
      targets[i] = this.#flows.add();
      if (is_reversed.values[i] !== 0) this.#reversed(targets[i]);
    }
    this.rows.extend(this.#flows.length - this.rows.length);
    merger.merge(ticks, this.rows, targets);
  }

  #reversed(row: number): void {
    this.#reversals.delete(row);
    this.#reversals.add(row);
  }

  /** The finished rows, which are the caller's: the window is used up. */
  finish(): FlowLogs {
    if (this.#reversals.size > 0) this.#turnRows();
    const { rows } = this;
    const { start_us, end_us, duration_us, minute_us, close_type, protocol, status } = rows.columns;
    for (let row = 0; row < rows.length; row++) {
      minute_us.values[row] = this.minuteUs;
      duration_us.values[row] = Math.max(end_us.values[row] - start_us.values[row], 0);
      status.set(row, flowStatus(close_type.get(row), protocol.get(row)));
    }
    return rows;
  }

  /** Joins the two rows of each flow that was reversed: the earlier one is turned round and comes first. */
  #turnRows(): void {
    const { rows } = this;
    /** Row that stays by row that is turned. */
    const joined = new Map<number, number>();
    const staying = new Set<number>();
    for (const row of [...this.#reversals].reverse()) {
      const other = this.#otherWayRound(row);
      if (other < 0 || joined.has(row) || staying.has(other)) continue;
      joined.set(other, row);
      staying.add(row);
    }
    const targets = new Uint32Array(rows.length);
    let next = 0;
    for (let row = 0; row < rows.length; row++) targets[row] = joined.has(row) ? SKIP : next++;
    const earlier: FlowLogs = new Batch(flowLog, joined.size);
    for (const row of joined.keys()) rowCopier.append(rows, earlier, row, row + 1);
    turn(earlier);
    this.rows = new Batch(flowLog, next);
    this.rows.extend(next);
    rowMerger.merge(
      earlier,
      this.rows,
      Uint32Array.from(joined.values(), (row) => targets[row]),
    );
    rowMerger.merge(rows, this.rows, targets);
  }

  /** The row of the same flow with client and server exchanged, or -1. */
  #otherWayRound(row: number): number {
    const { flow_id, agent, interface: name, observation_point, client_port, server_port } = this.rows.columns;
    const { key } = this.#flows;
    key.set(flow_id.values.subarray(2 * row, 2 * row + 2));
    key[2] = agent.values[row];
    key[3] = name.values[row];
    key[5] = server_port.values[row] * 0x1_0000 + client_port.values[row];
    const point = observation_point.get(row);
    for (const other of [turnedPoint(point), point]) {
      key[4] = observation_point.code(other);
      const found = this.#flows.find();
      if (found >= 0 && found !== row) return found;
    }
    return -1;
  }
}
