import { HAD_ERROR } from './application-counters.ts';
import { closeTypeOfTcp, NORMAL, type TcpEnd } from './close-type.ts';
import { baseOf, type FlowMemory } from './flow-memory.ts';
import * as f from './layout.ts';
import { TcpState } from './tcp-state.ts';

const end: TcpEnd = {
  clientReset: false,
  serverReset: false,
  pushed: false,
  sawHandshake: false,
  answeredWell: false,
  serverPackets: 0,
};

/** Code of the close type with which a flow would end now. */
export function closeTypeOf(memory: FlowMemory, slot: number): number {
  const { u32 } = memory;
  const base = baseOf(slot);
  if (u32[base + f.STATE] === TcpState.raw) return NORMAL;
  const flags = u32[base + f.FLAGS];
  const client = (flags & f.REVERSED) !== 0 ? 1 : 0;
  const history = u32[base + f.L7_HISTORY];
  end.clientReset = (flags & (f.RESET_BY << client)) !== 0;
  end.serverReset = (flags & (f.RESET_BY << (client ^ 1))) !== 0;
  end.pushed = (flags & f.PUSHED) !== 0;
  end.sawHandshake = (flags & f.SYNACK_TIMED) !== 0;
  end.answeredWell = history !== 0 && (history & HAD_ERROR) === 0;
  const server = client ^ 1;
  end.serverPackets =
    u32[base + f.ASIDES + server * f.ASIDE_WORDS + f.TOTAL_PACKETS] +
    u32[base + f.SIDES + server * f.SIDE_WORDS + f.PACKETS];
  return closeTypeOfTcp(u32[base + f.STATE], end);
}
