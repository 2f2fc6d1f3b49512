import { Drop } from './drop.ts';
import { ip } from './ip/ip.ts';
import { ipv4 } from './ip/ipv4.ts';
import { ipv6 } from './ip/ipv6.ts';
import { Layer } from './layer.ts';
import { etherType } from './link/ether-type.ts';
import { ethernet } from './link/ethernet.ts';
import { ieee80211 } from './link/ieee80211.ts';
import { link } from './link/link.ts';
import { llc } from './link/llc.ts';
import { mpls } from './link/mpls.ts';
import { ppp } from './link/ppp.ts';
import { pppoe } from './link/pppoe.ts';
import { radiotap } from './link/radio.ts';
import { ipProtocol } from './transport/ip-protocol.ts';
import { tcp } from './transport/tcp.ts';
import { udp } from './transport/udp.ts';
import { geneve } from './tunnel/geneve.ts';
import { gre } from './tunnel/gre.ts';
import { gtp } from './tunnel/gtp.ts';
import { ipInIp } from './tunnel/ip-in-ip.ts';
import { l2tp, l2tpOverIp } from './tunnel/l2tp.ts';
import { mplsTunnel } from './tunnel/mpls-tunnel.ts';
import { nsh } from './tunnel/nsh.ts';
import { stt } from './tunnel/stt.ts';
import { teredo } from './tunnel/teredo.ts';
import { vxlan, vxlanGpe } from './tunnel/vxlan.ts';
import type { Walk } from './walk.ts';

/** Headers of one packet; more are an attack on the decoder. */
const MAX_LAYERS = 64;
/** Decodes layer after layer. Returns `done`, `fail` or `drop`. */
export function decodeLayers(walk: Walk, layer: Layer): Layer {
  for (let layers = 0; layers < MAX_LAYERS; layers++) {
    switch (layer) {
      case Layer.ethernet:
        layer = ethernet(walk);
        break;
      case Layer.ether_type:
        layer = etherType(walk);
        break;
      case Layer.ip:
        layer = ip(walk);
        break;
      case Layer.ipv4:
        layer = ipv4(walk);
        break;
      case Layer.ipv6:
        layer = ipv6(walk);
        break;
      case Layer.tcp:
        layer = tcp(walk);
        break;
      case Layer.udp:
        layer = udp(walk);
        break;
      case Layer.ip_protocol:
        layer = ipProtocol(walk);
        break;
      case Layer.llc:
        layer = llc(walk);
        break;
      case Layer.mpls:
        layer = mpls(walk);
        break;
      case Layer.pppoe:
        layer = pppoe(walk);
        break;
      case Layer.ppp:
        layer = ppp(walk);
        break;
      case Layer.ip_in_ip:
        layer = ipInIp(walk);
        break;
      case Layer.gre:
        layer = gre(walk);
        break;
      case Layer.l2tp:
        layer = l2tp(walk);
        break;
      case Layer.l2tp_ip:
        layer = l2tpOverIp(walk);
        break;
      case Layer.mpls_tunnel:
        layer = mplsTunnel(walk);
        break;
      case Layer.vxlan:
        layer = vxlan(walk);
        break;
      case Layer.vxlan_gpe:
        layer = vxlanGpe(walk);
        break;
      case Layer.geneve:
        layer = geneve(walk);
        break;
      case Layer.gtp:
        layer = gtp(walk);
        break;
      case Layer.stt:
        layer = stt(walk);
        break;
      case Layer.teredo:
        layer = teredo(walk);
        break;
      case Layer.nsh:
        layer = nsh(walk);
        break;
      case Layer.ieee80211:
        layer = ieee80211(walk);
        break;
      case Layer.radiotap:
        layer = radiotap(walk);
        break;
      case Layer.link:
        layer = link(walk);
        break;
      case Layer.fail:
      case Layer.drop:
        return layer;
      default:
        return Layer.done;
    }
  }
  return walk.fail(Drop.too_deep);
}
