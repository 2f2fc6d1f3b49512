/**
 * Where the fields of a flow lie in `FlowMemory`. A flow is one record of 9 cache lines, laid out so that a TCP segment
 * in order touches four of them; the odd number spreads the same line of all records over all sets of the cache. Offsets
 * count 32-bit words from the start of the record; fields of 64 bits (marked f64) have even offsets and are read as
 * `f64[(base + FIELD) >> 1]`.
 *
 * Side 0 is the end that was presumed to be the client when the flow began, side 1 the other: that never changes while
 * the flow lives. Which of them *is* the client is the flag `REVERSED`. "Of the row" is what is zeroed with every row.
 */
export const FLOW_WORDS = 144;

// ---- line 0: key ----
/** Least significant address words of the lower and the higher end, and their ports: see flow-key.ts. */
export const LOW_ADDRESS = 0;
export const HIGH_ADDRESS = 1;
export const PORTS = 2;
export const META = 3;
export const TUNNEL_ID = 4;
export const INTERFACE = 5;
/** The other three address words of both ends. */
export const LOW_UPPER = 6;
export const HIGH_UPPER = 9;
/** Next flow in the chain of the hash bucket, and the bucket. */
export const CHAIN = 12;
export const BUCKET = 13;
export const FLAGS = 14;
/** State of the TCP machine (tcp-state.ts). */
export const STATE = 15;

// ---- line 1: times and what the next segment completes ----
/** f64, µs: last packet, first packet of the row. */
export const LAST = 16;
export const ROW_START = 18;
/** f64, µs: first SYN, its SYN-ACK, latest SYN before that. */
export const SYN_TIME = 20;
export const SYNACK_TIME = 22;
export const LATEST_SYN_TIME = 24;
/** f64, µs: first packet of the flow. */
export const START = 26;
/** Acknowledgement number that completes the handshake. */
export const HANDSHAKE_ACK = 28;
/** Acknowledgement number by which the server confirms the client's latest data. */
export const DATA_ACK = 29;
/** Which delays are being measured (tcp-segments.ts, datagrams.ts). */
export const DELAY_STATE = 30;
/** Second of the table's clock in which the flow last became dirty: a capture's clock may be set back, this one is not. */
export const SEEN_SECOND = 31;

// ---- line 2: delays of the row: sum (f64), count, max ----
export const SRT = 32;
export const ART = 36;
export const CIT = 40;
export const RTT = 44;
export const RTT_CLIENT = 45;
export const RTT_SERVER = 46;
export const DELAYS_OF_ROW = 15;
/** Round trip of the handshake, µs: tells reordering from retransmission; 0 while unknown. */
export const REORDER_WINDOW = 47;

// ---- lines 3 and 4: sides ----
export const SIDES = 48;
export const SIDE_WORDS = 16;
/** The first eight words of a side are of the row. */
export const PACKETS = 0;
export const TCP_FLAGS = 1;
/** f64 */
export const BYTES = 2;
/** f64 */
export const L3_BYTES = 4;
/** f64 */
export const L4_BYTES = 6;
export const COUNTERS_OF_SIDE = 8;
/** Sequence number after the highest seen. */
export const NEXT_SEQ = 8;
export const LAST_ACK = 9;
/** Window of the last segment (lower 16 bits) and duplicate acknowledgements in a row (upper). */
export const WINDOW = 10;
/** List of missing sequence numbers (gaps.ts). */
export const GAPS = 11;
/** f64, µs: when NEXT_SEQ advanced. */
export const NEXT_SEQ_TIME = 12;
/** f64, µs: last data in order. */
export const DATA_TIME = 14;

// ---- line 5: what is seldom needed of the sides ----
export const ASIDES = 80;
export const ASIDE_WORDS = 8;
/** Of the row. */
export const RETRANS = 0;
export const OUT_OF_ORDER = 1;
export const ZERO_WINDOW = 2;
export const COUNTERS_OF_ASIDE = 3;
/** First sequence number: of the SYN, else the one before the first segment. */
export const INITIAL_SEQ = 3;
/** Lowest sequence number seen. */
export const LOWEST_SEQ = 4;
/** Packets in earlier rows, modulo 2^32. */
export const TOTAL_PACKETS = 5;
/** f64, µs: latest duplicate acknowledgement. */
export const DUPLICATE_ACK_TIME = 6;

// ---- line 6: counters of the row ----
export const COUNTERS = 96;
export const SYN_COUNT = 96;
export const SYNACK_COUNT = 97;
export const RETRANS_SYN = 98;
export const RETRANS_SYNACK = 99;
export const ICMP_ERRORS = 100;
export const L7_REQUEST = 101;
export const L7_RESPONSE = 102;
export const L7_CLIENT_ERROR = 103;
export const L7_SERVER_ERROR = 104;
export const L7_TIMEOUT = 105;
/** Sum (f64), count, max. */
export const RRT = 106;
export const COUNTERS_END = 110;
export const L7_PROTOCOL = 110;
/** Responses in the life of the flow, saturating; bit 31: one of them was an error. */
export const L7_HISTORY = 111;

// ---- line 7: identity and lists ----
/** f64: MAC address of side 0, of side 1. */
export const MAC = 112;
export const ID_HIGH = 116;
export const ID_LOW = 117;
/** Neighbours and list in the timer wheel (timer-wheel.ts). */
export const WHEEL_PREVIOUS = 118;
export const WHEEL_NEXT = 119;
export const WHEEL_BUCKET = 120;
/** Neighbours and list by usefulness (usefulness.ts). */
export const RANK_PREVIOUS = 121;
export const RANK_NEXT = 122;
export const RANK = 123;
/** Code of the observation point if side 0 is the client (8 bits), and if side 1 is. */
export const OBSERVATION_POINTS = 124;
/** How sure the direction is (direction.ts). */
export const DIRECTION_SCORE = 125;

// ---- line 8: outermost tunnel of the first packet ----
/** Its id: unlike the key's also where each direction has its own. */
export const OUTER_ID = 128;
/** Source and destination, four words each. */
export const OUTER_ADDRESSES = 129;
/** Key words of the other way that one side takes (other-way.ts). */
export const OTHER_META = 137;
export const OTHER_TUNNEL_ID = 138;
/** Logical ports of OVN in the first packet: of side 0 in the upper 16 bits, of side 1 in the lower. */
export const OVN_PORTS = 139;

// ---- bits of FLAGS ----
/** The lower end of the key is side 0. */
export const LOW_IS_SIDE_0 = 1;
/** Side 1 is the client. */
export const REVERSED = 2;
/** Rows have been written with the other end as client, and none since has said so. */
export const MUST_REVERSE = 4;
/** A row has been written. */
export const REPORTED = 8;
/** The flow ended, and a row has said so. */
export const ENDED = 16;
/** On the list of flows with something to report. */
export const DIRTY = 32;
/** PSH was seen. */
export const PUSHED = 64;
/** The handshake is complete and measured. */
export const HANDSHAKE_DONE = 128;
/** The first SYN of the client, the SYN-ACK of the server were seen and timed. */
export const SYN_TIMED = 1 << 22;
export const SYNACK_TIMED = 1 << 23;
// The following are pairs: side 0, and shifted by one, side 1.
/** It has sent a packet. */
export const HAS_SENT = 1 << 8;
export const HAS_SENT_BOTH = 3 << 8;
/** It has sent a segment, so that its sequence numbers are known. */
export const HAS_SEQ = 1 << 10;
/** Its first sequence number is known. */
export const HAS_INITIAL = 1 << 12;
/** Its acknowledgement number is known. */
export const HAS_ACK = 1 << 14;
/** Its last segment was a keep-alive. */
export const KEPT_ALIVE = 1 << 16;
/** Its last segment was a probe of a closed window. */
export const PROBED = 1 << 18;
/** It has sent RST. */
export const RESET_BY = 1 << 20;
/** It takes another way than the key says. */
export const HAS_OTHER_WAY = 1 << 24;
export const HAS_OTHER_WAY_BOTH = 3 << 24;
