import { Batch, flowLog, NameMap, RowMerger, taggedFlow, WordTable } from '@flowloom/records';
import { flowStatus } from './status.ts';

export type TaggedFlows = Batch<typeof taggedFlow.fields>;
export type FlowLogs = Batch<typeof flowLog.fields>;

const merger = new RowMerger(taggedFlow, flowLog);

/**
 * The flows of one minute: ticks of the same flow, observation point and direction become one row, each field by its
 * own merge rule.
 */
export class FlowWindow {
  readonly minuteUs: number;
  readonly rows: FlowLogs = new Batch(flowLog);
  /** flow id (2), agent, interface, observation point, ports. */
  readonly #flows = new WordTable(6);
  readonly #agents = new NameMap();
  readonly #interfaces = new NameMap();
  readonly #points = new NameMap();

  constructor(minuteUs: number) {
    this.minuteUs = minuteUs;
  }

  /** Merges the ticks for which `targets` is not SKIP; overwrites the others' neighbours with their rows here. */
  add(ticks: TaggedFlows, targets: Uint32Array, skip: number): void {
    const { flow_id, agent, interface: name, observation_point, client_port, server_port } = ticks.columns;
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
      // A flow whose direction was found out later has rows of either direction: they are not merged.
      key[5] = client_port.values[i] * 0x1_0000 + server_port.values[i];
      targets[i] = this.#flows.add();
    }
    this.rows.extend(this.#flows.length - this.rows.length);
    merger.merge(ticks, this.rows, targets);
  }

  /** The finished rows, which are the caller's: the window is used up. */
  finish(): FlowLogs {
    const { rows } = this;
    const { start_us, end_us, duration_us, minute_us, close_type, protocol, status } = rows.columns;
    for (let row = 0; row < rows.length; row++) {
      minute_us.values[row] = this.minuteUs;
      duration_us.values[row] = Math.max(end_us.values[row] - start_us.values[row], 0);
      status.set(row, flowStatus(close_type.get(row), protocol.get(row)));
    }
    return rows;
  }
}
