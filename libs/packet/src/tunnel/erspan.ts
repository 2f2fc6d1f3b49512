import { u16 } from '../bytes.ts';
import { Layer } from '../layer.ts';
import { Tunnel } from '../tunnel.ts';
import type { Walk } from '../walk.ts';

/**
 * ERSPAN type II and III (draft-foschiano-erspan 4.2, 4.3), a mirrored frame behind them. Type I has no header of its own.
 *
 *     0             4                    16
 *     | version (4) |     VLAN (12)      | COS (3), flags (3), session (10) |
 *     II:   | reserved (12) | port index (20) |
 *     III:  |               timestamp (32)                |
 *           | SGT (16) | P (1), frame type (5), hardware id (6), D (1), granularity (2), O (1) |
 *           | platform specific, 8 bytes, where O is set |
 */
export function erspan2(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 8 || bytes[at] >> 4 !== 1) return Layer.done;
  if (!walk.enter(Tunnel.erspan, u16(bytes, at + 2) & 0x03ff)) return Layer.done;
  return walk.next(Layer.ethernet, 8, 0);
}

export function erspan3(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 12 || bytes[at] >> 4 !== 2) return Layer.done;
  const last = u16(bytes, at + 10);
  const next = frameType((last >> 10) & 0x1f);
  if (next === Layer.done || !walk.enter(Tunnel.erspan, u16(bytes, at + 2) & 0x03ff)) return Layer.done;
  return walk.next(next, (last & 1) !== 0 ? 20 : 12, 0);
}

function frameType(type: number): Layer {
  if (type === 0) return Layer.ethernet;
  return type === 2 ? Layer.ip : Layer.done;
}
