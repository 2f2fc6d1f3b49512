import { Drop } from '../drop.ts';
import { Layer } from '../layer.ts';
import type { Walk } from '../walk.ts';
import { sll, sll2 } from './cooked.ts';
import { ciscoHdlc, frameRelay, serial } from './hdlc.ts';
import { arcnet, fddi, ieee1394, ipoib, switchTag, tokenRing } from './lan.ts';
import { LinkType } from './link-type.ts';
import { enc, ipnet, loopback, pflog } from './loopback.ts';
import { nflog } from './nflog.ts';
import { pktap } from './pktap.ts';
import { ppi } from './ppi.ts';
import { avs, prism } from './radio.ts';

/** Starts with the link layer in `walk.kind`: the ones that are met every day here, the others below. */
export function link(walk: Walk): Layer {
  switch (walk.kind) {
    case LinkType.ethernet:
      return Layer.ethernet;
    case LinkType.linux_sll:
      return sll(walk);
    case LinkType.linux_sll2:
      return sll2(walk);
    case LinkType.raw:
    case LinkType.raw_bsd:
    case LinkType.raw_openbsd:
      return Layer.ip;
    case LinkType.ipv4:
      return Layer.ipv4;
    case LinkType.ipv6:
      return Layer.ipv6;
    case LinkType.null:
    case LinkType.loop:
      return loopback(walk);
    default:
      return pointToPoint(walk);
  }
}

function pointToPoint(walk: Walk): Layer {
  switch (walk.kind) {
    case LinkType.ppp:
      return Layer.ppp;
    case LinkType.ppp_hdlc:
    case LinkType.linux_ppp:
      return serial(walk);
    case LinkType.ppp_pppd: // the address byte is the direction, the control byte stays
      return walk.next(Layer.ppp, 2, 0);
    case LinkType.ppp_with_dir: // direction, 1 byte
      return walk.next(Layer.ppp, 1, 0);
    case LinkType.pppoe:
      return Layer.pppoe;
    case LinkType.cisco_hdlc:
      return ciscoHdlc(walk);
    case LinkType.frame_relay:
      return frameRelay(walk);
    case LinkType.slip: // direction and compressed header, 16 bytes
      return walk.next(Layer.ip, 16, 0);
    case LinkType.mpls:
      return Layer.mpls;
    default:
      return localArea(walk);
  }
}

function localArea(walk: Walk): Layer {
  switch (walk.kind) {
    case LinkType.ieee802_11:
      return Layer.ieee80211;
    case LinkType.ieee802_11_radiotap:
      return Layer.radiotap;
    case LinkType.prism:
      return prism(walk);
    case LinkType.ieee802_11_avs:
      return avs(walk);
    case LinkType.ppi:
      return ppi(walk);
    case LinkType.fddi:
      return fddi(walk);
    case LinkType.token_ring:
      return tokenRing(walk);
    case LinkType.arcnet_linux:
      return arcnet(walk);
    case LinkType.ip_over_ieee1394:
      return ieee1394(walk);
    case LinkType.ipoib:
      return ipoib(walk);
    case LinkType.ip_over_fc: // two addresses of 8 bytes
      return walk.next(Layer.llc, 16, 0);
    case LinkType.atm_rfc1483:
      return Layer.llc;
    case LinkType.sun_atm: // 4 bytes of circuit
      return walk.next(Layer.llc, 4, 0);
    case LinkType.atm_clip:
      return atmClip(walk);
    default:
      return pseudo(walk);
  }
}

/** Frames with what a capturing system or a switch puts before or into them. */
function pseudo(walk: Walk): Layer {
  switch (walk.kind) {
    case LinkType.nflog:
      return nflog(walk);
    case LinkType.pktap:
    case LinkType.pktap_user2:
      return pktap(walk);
    case LinkType.enc:
      return enc(walk);
    case LinkType.pflog:
      return pflog(walk);
    case LinkType.ipnet:
      return ipnet(walk);
    case LinkType.juniper_ether:
      return juniper(walk);
    case LinkType.netanalyzer: // 4 bytes of port and time
      return walk.next(Layer.ethernet, 4, 0);
    case LinkType.netanalyzer_transparent: // the same, preamble and start delimiter
      return walk.next(Layer.ethernet, 12, 0);
    case LinkType.ethernet_mpacket: // preamble and start delimiter
      return walk.next(Layer.ethernet, 8, 0);
    case LinkType.dsa_brcm_prepend:
      return walk.next(Layer.ethernet, 4, 0);
    case LinkType.dsa_brcm:
    case LinkType.dsa:
      return switchTag(walk, 4);
    case LinkType.edsa:
      return switchTag(walk, 8);
    default:
      return walk.drop(Drop.link_type);
  }
}

/** Classical IP over ATM: IP without LLC, or with it. */
function atmClip(walk: Walk): Layer {
  return walk.left() > 0 && walk.bytes[walk.at] === 0xaa ? Layer.llc : Layer.ip;
}

/** Juniper: "MGC", flags (0x80: extensions behind them, their length in 16 bits), then the frame. */
function juniper(walk: Walk): Layer {
  const { bytes, at } = walk;
  if (walk.left() < 6) return walk.fail(Drop.truncated);
  const hasExtensions = (bytes[at + 3] & 0x80) !== 0;
  return walk.next(Layer.ethernet, hasExtensions ? 6 + ((bytes[at + 4] << 8) | bytes[at + 5]) : 4, 0);
}
