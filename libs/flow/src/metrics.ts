import { dropNames } from '@flowloom/packet';
import { closeTypes } from './close-type.ts';
import { ranks } from './usefulness.ts';

/** Counters of a flow table. Every packet given in is in `flowPackets` or in one of `drops`. */
export class FlowMetrics {
  /** Packets that became part of a flow. */
  flowPackets = 0;
  /** Packets of no flow, by reason (`Drop`). Held fragments move to `flowPackets` when their first one comes. */
  readonly drops = new Float64Array(dropNames.length);
  flowsCreated = 0;
  /** Flows that ended, by code of their close type. */
  readonly flowsEnded = new Float64Array(closeTypes.length);
  /** Flows that ended early because the table was full, by rank. */
  readonly evicted = new Float64Array(ranks.length);
  /** Flows that ended because a new SYN took their ports. */
  portsReused = 0;
  /** Flows that had ended and got packets again. */
  revived = 0;
  /** Flows whose client and server changed places after a row. */
  reversed = 0;
  /** Ranges of missing sequence numbers that were forgotten for want of room (gaps.ts). */
  gapsForgotten = 0;
  /** ICMP errors that named a live flow, and that named none. */
  icmpErrors = 0;
  icmpErrorsOfUnknownFlows = 0;

  /** By name, for a metrics page. */
  snapshot(): Record<string, number> {
    const out: Record<string, number> = {};
    for (const [name, value] of Object.entries(this)) if (typeof value === 'number') out[name] = value;
    for (let i = 1; i < dropNames.length; i++) out[`drops_${dropNames[i]}`] = this.drops[i];
    for (const [i, name] of closeTypes.entries()) out[`ended_${name}`] = this.flowsEnded[i];
    for (const [i, name] of ranks.entries()) out[`evicted_${name}`] = this.evicted[i];
    return out;
  }
}
