import type { OutgoingRecord } from '@flowloom/bus';
import { encodeLogs, type Resource } from '@flowloom/otlp';
import { flowLog, ipText, JsonWriter, recordHeaders } from '@flowloom/records';
import { flowLogRecords } from './core/flows/flow-log-records.ts';
import type { FlowLogs } from './core/flows/flow-window.ts';
import { aggregatorScope } from './core/scope.ts';

/** An OTLP flow log takes about 2 kB: so many stay below the 1 MB of a record. */
const logsPerRecord = 400;

export interface FlowLogTopics {
  readonly flowLogs: string;
  /** Absent: no flow logs as OTLP. */
  readonly otlpLogs?: string;
}

/** The records that publish the flow logs of a minute. */
export class FlowLogOutputs {
  readonly #topics: FlowLogTopics;
  readonly #resource: Resource;
  readonly #json = new JsonWriter(flowLog);

  constructor(topics: FlowLogTopics, resource: Resource) {
    this.#topics = topics;
    this.#resource = resource;
  }

  /** `partition` is that of the flow logs: the one that belongs to the input's, so that keys stay together. */
  of(rows: FlowLogs, partition: number): OutgoingRecord[] {
    const { flowLogs, otlpLogs } = this.#topics;
    const headers = recordHeaders(flowLog);
    const outputs: OutgoingRecord[] = this.#json
      .values(rows)
      .map((value, row) => ({ topic: flowLogs, partition, key: addressPair(rows, row), value, headers }));
    return otlpLogs ? outputs.concat(this.#otlp(rows, otlpLogs)) : outputs;
  }

  #otlp(rows: FlowLogs, topic: string): OutgoingRecord[] {
    const records = flowLogRecords(rows);
    const outputs: OutgoingRecord[] = [];
    for (let i = 0; i < records.length; i += logsPerRecord) {
      const some = records.slice(i, i + logsPerRecord);
      const value = encodeLogs([{ resource: this.#resource, scope: aggregatorScope, records: some }]);
      outputs.push({ topic, key: String(some[0].attributes['flowloom.flow.flow_id']), value });
    }
    return outputs;
  }
}

/** Both addresses in text, sorted: the same for either direction. */
function addressPair({ columns }: FlowLogs, row: number): string {
  const client = ipText(columns.client_ip.values, row);
  const server = ipText(columns.server_ip.values, row);
  return client < server ? `${client} ${server}` : `${server} ${client}`;
}
