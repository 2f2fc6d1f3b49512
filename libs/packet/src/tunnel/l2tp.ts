import { u16, u32 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';
import { isIpInEthernet } from './plausible.ts';

const CONTROL = 0x8000;
const LENGTH = 0x4000;
const SEQUENCE = 0x0800;
const OFFSET = 0x0200;

/**
 * L2TP version 2 over UDP (RFC 2661 3.1): flags and version (16 bits), then 16 bits each: length where flagged, tunnel id,
 * session id, two sequence numbers where flagged, offset size where flagged and that many bytes; PPP behind it. Version 3
 * (RFC 3931 4.1.2.1) has 16 reserved bits and the session header of `l2tpOverIp`. The id is the session's.
 */
export function l2tp(walk: Walk): Layer {
  const { bytes, at, end } = walk;
  if (walk.left() < 12) return Layer.done;
  const flags = u16(bytes, at);
  if ((flags & CONTROL) !== 0) return Layer.done;
  if ((flags & 0x0f) === 3) return session(walk, at + 4);
  if ((flags & 0x0f) !== 2) return Layer.done;
  const ids = at + ((flags & LENGTH) !== 0 ? 4 : 2);
  let payload = ids + 4 + ((flags & SEQUENCE) !== 0 ? 4 : 0);
  if ((flags & OFFSET) !== 0) {
    if (payload + 2 > end) return Layer.done;
    payload += 2 + u16(bytes, payload);
  }
  if (payload >= end || !walk.enter(Tunnel.l2tp, u16(bytes, ids + 2))) return Layer.done;
  walk.at = payload;
  return Layer.ppp;
}

/** L2TP version 3 right over IP (RFC 3931 4.1.1): session id (32 bits), 0 for control messages. */
export function l2tpOverIp(walk: Walk): Layer {
  return session(walk, walk.at);
}

/**
 * Session header of version 3 at `at`: session id (32 bits), then a cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4, as
 * both ends agreed elsewhere; taken for what puts an Ethernet frame with a sound IP header behind them.
 */
function session(walk: Walk, at: number): Layer {
  const { bytes, end } = walk;
  if (at + 4 > end) return Layer.done;
  const id = u32(bytes, at);
  if (id === 0) return Layer.done;
  for (let payload = at + 4; payload <= at + 16; payload += 4) {
    if (!isIpInEthernet(walk, payload)) continue;
    if (!walk.enter(Tunnel.l2tp, id)) return Layer.done;
    walk.at = payload;
    return Layer.ethernet;
  }
  return Layer.done;
}
