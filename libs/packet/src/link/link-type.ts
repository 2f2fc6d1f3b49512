/** LINKTYPE_ values that the decoder knows (tcpdump.org/linktypes). */
export const LinkType = {
  null: 0,
  ethernet: 1,
  token_ring: 6,
  slip: 8,
  ppp: 9,
  fddi: 10,
  /** DLT_RAW, as some writers put it into files. */
  raw_bsd: 12,
  raw_openbsd: 14,
  ppp_hdlc: 50,
  pppoe: 51,
  atm_rfc1483: 100,
  raw: 101,
  cisco_hdlc: 104,
  ieee802_11: 105,
  atm_clip: 106,
  frame_relay: 107,
  loop: 108,
  enc: 109,
  linux_sll: 113,
  pflog: 117,
  prism: 119,
  ip_over_fc: 122,
  sun_atm: 123,
  ieee802_11_radiotap: 127,
  arcnet_linux: 129,
  ip_over_ieee1394: 138,
  /** Where macOS writes pktap (LINKTYPE_USER2). */
  pktap_user2: 149,
  ieee802_11_avs: 163,
  ppp_pppd: 166,
  juniper_ether: 178,
  ppi: 192,
  ppp_with_dir: 204,
  linux_ppp: 210,
  mpls: 219,
  ipnet: 226,
  ipv4: 228,
  ipv6: 229,
  nflog: 239,
  netanalyzer: 240,
  netanalyzer_transparent: 241,
  ipoib: 242,
  pktap: 258,
  ethernet_mpacket: 274,
  linux_sll2: 276,
  dsa_brcm: 281,
  dsa_brcm_prepend: 282,
  dsa: 283,
  edsa: 284,
} as const;

/** Link types that carry no network packets in a form the decoder reads, named for the counters. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  3: 'ax25',
  7: 'arcnet',
  99: 'symantec_firewall',
  120: 'aironet_header',
  124: 'rio',
  130: 'juniper_mlppp',
  131: 'juniper_mlfr',
  132: 'juniper_es',
  133: 'juniper_ggsn',
  134: 'juniper_mfr',
  135: 'juniper_atm2',
  136: 'juniper_services',
  137: 'juniper_atm1',
  143: 'docsis',
  144: 'linux_irda',
  165: 'bacnet_ms_tp',
  179: 'juniper_ppp',
  180: 'juniper_frame_relay',
  181: 'juniper_chdlc',
  182: 'mfr',
  187: 'bluetooth_hci_h4',
  189: 'usb_linux',
  195: 'ieee802_15_4',
  201: 'bluetooth_hci_h4_with_phdr',
  209: 'ipmb_linux',
  220: 'usb_linux_mmapped',
  227: 'can_socketcan',
  230: 'ieee802_15_4_nofcs',
  231: 'dbus',
  247: 'infiniband',
  248: 'sctp',
  249: 'usbpcap',
  251: 'bluetooth_le_ll',
  252: 'wireshark_upper_pdu',
  253: 'netlink',
  254: 'bluetooth_linux_monitor',
  271: 'vsock',
};

const names = new Map<number, string>(Object.entries(LinkType).map(([name, number]) => [number, name]));

/** For private use: LINKTYPE_USER0 to LINKTYPE_USER15. */
const USER_0 = 147;
const USER_15 = 162;

/** Name of a link type for a counter or a message; `linktype-N` for one without. */
export function linkTypeName(linkType: number): string {
  if (linkType >= USER_0 && linkType <= USER_15) return `user${linkType - USER_0}`;
  return names.get(linkType) ?? OTHER_NAMES[linkType] ?? `linktype-${linkType}`;
}
