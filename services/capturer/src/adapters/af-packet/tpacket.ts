/**
 * Numbers and layouts of packet sockets (packet(7), linux/if_packet.h), little endian hosts.
 *
 * ```
 * ring: blockCount blocks of blockBytes, each
 *   0   u32 version          8   u32 status (bit 0: ours)     12  u32 packets
 *   4   u32 offset to priv   16  u32 offset of first packet
 * packet (struct tpacket3_hdr, then struct sockaddr_ll at 48)
 *   0   u32 offset of next   4   u32 seconds      8   u32 nanoseconds   12  u32 captured bytes
 *   16  u32 bytes on wire    20  u32 status       24  u16 frame offset  26  u16 network offset
 *   28  u32 rx hash          32  u32 VLAN TCI     36  u16 VLAN TPID
 *   48  u16 family           50  u16 ethertype    52  i32 interface     56  u16 ARPHRD type   58 u8 packet type
 * ```
 */
export const AF_PACKET = 17;
export const SOCK_RAW = 3;
export const ETH_P_ALL = 3;
export const SOL_SOCKET = 1;
export const SO_ERROR = 4;
export const SO_ATTACH_FILTER = 26;
export const SO_RCVBUFFORCE = 33;
export const SOL_PACKET = 263;
export const PACKET_RX_RING = 5;
export const PACKET_STATISTICS = 6;
export const PACKET_VERSION = 10;
export const PACKET_TIMESTAMP = 17;
export const PACKET_FANOUT = 18;
export const PACKET_IGNORE_OUTGOING = 23;
export const TPACKET_V3 = 2;
export const FANOUT_HASH = 0;
/** Hands a packet to another socket of the group when one's ring is full. */
export const FANOUT_FLAG_ROLLOVER = 0x1000;
export const SOF_TIMESTAMPING_RAW_HARDWARE = 1 << 6;

/** Owner of a block. */
export const TP_STATUS_USER = 1;
/** The frame came with a VLAN tag, which the kernel took out. */
export const TP_STATUS_VLAN_VALID = 1 << 4;
/** Packets were lost before this one. */
export const TP_STATUS_LOSING = 1 << 2;

/** The kernel's packet types that matter here. */
export const PACKET_OUTGOING = 4;

/** Offsets in a block, as indices of 32-bit words. */
export const block = { status: 2, packets: 3, firstPacket: 4 } as const;
