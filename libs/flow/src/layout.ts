/**
 * Where the fields of a flow lie in `FlowMemory`. A flow is one record of 512 bytes (8 cache lines), so that a packet
 * touches few lines and a million flows fit in half a GiB. Word offsets count 32-bit words from the start of the record;
 * fields of 64 bits (marked f64) have even offsets and are read as `f64[(base + FIELD) >> 1]`.
 *
 * Side 0 is the end that was presumed to be the client when the flow began, side 1 the other: that never changes while
 * the flow lives. Which of them *is* the client is the flag `REVERSED`.
 */
export const FLOW_WORDS = 128;
export const FLOW_SHIFT = 7;

// ---- line 0: key ----
/** Least significant address word and port pair of the lower end, then of the higher one; see flow-key.ts. */
export const LOW_ADDRESS = 0;
export const HIGH_ADDRESS = 1;
export const PORTS = 2;
export const META = 3;
export const TUNNEL_ID = 4;
export const INTERFACE = 5;
/** Upper three address words of both ends, compared for IPv6 only. */
export const LOW_UPPER = 6;
export const HIGH_UPPER = 9;
/** Next flow in the chain of the hash bucket, and the bucket. */
export const CHAIN = 12;
export const BUCKET = 13;
/** State of the TCP machine (tcp-state.ts). */
export const STATE = 14;
export const FLAGS = 15;

// ---- line 1: times and what belongs to both sides ----
/** f64, µs: last packet, first packet of the row, first packet of the flow. */
export const LAST = 16;
export const ROW_START = 18;
export const START = 20;
/** f64, µs: first SYN, latest SYN, first SYN-ACK. */
export const SYN_TIME = 22;
export const LATEST_SYN_TIME = 24;
export const SYNACK_TIME = 26;
/** Acknowledgement number that completes the handshake. */
export const HANDSHAKE_ACK = 28;
/** Round trip that tells reordering from retransmission, µs; 0 while unknown. */
export const REORDER_WINDOW = 29;
/** How sure the direction is (direction.ts). */
export const DIRECTION_SCORE = 30;
/** Second of the table's clock in which the flow last became dirty: a capture's clock may be set back, this one is not. */
export const SEEN_SECOND = 31;

// ---- line 2: counters of the row ----
export const SYN_COUNT = 32;
export const SYNACK_COUNT = 33;
export const RETRANS_SYN = 34;
export const RETRANS_SYNACK = 35;
export const RTT = 36;
export const RTT_CLIENT = 37;
export const RTT_SERVER = 38;
export const ICMP_ERRORS = 39;
/** Delays: sum (f64), count, max. */
export const SRT = 40;
export const ART = 44;

// ---- line 3 ----
export const CIT = 48;
export const RRT = 52;
export const L7_REQUEST = 56;
export const L7_RESPONSE = 57;
export const L7_CLIENT_ERROR = 58;
export const L7_SERVER_ERROR = 59;
export const L7_TIMEOUT = 60;
/** Words 32..60 are zeroed when a row is written. */
export const ROW_COUNTERS_FIRST = SYN_COUNT;
export const ROW_COUNTERS_END = 61;
export const L7_PROTOCOL = 61;
/** Acknowledgement number by which the server confirms the client's latest data. */
export const DATA_ACK = 62;
/** Requests whose answers were counted in the life of the flow, saturating; bit 31: one of them was an error. */
export const L7_HISTORY = 63;

// ---- lines 4..6: sides ----
export const SIDES = 64;
export const SIDE_WORDS = 24;
/** Offsets in a side. Words 0..11 are counters of the row. f64 fields are marked. */
export const PACKETS = 0;
export const TCP_FLAGS = 1;
/** f64 */
export const BYTES = 2;
/** f64 */
export const L3_BYTES = 4;
/** f64 */
export const L4_BYTES = 6;
export const RETRANS = 8;
export const OUT_OF_ORDER = 9;
export const ZERO_WINDOW = 10;
export const SIDE_COUNTERS = 11;
/** Sequence number after the highest seen. */
export const NEXT_SEQ = 11;
/** f64, µs: when that advanced. */
export const NEXT_SEQ_TIME = 12;
/** f64, µs: last acknowledgement. */
export const LAST_ACK_TIME = 14;
/** f64, µs: last data in order. */
export const DATA_TIME = 16;
export const LAST_ACK = 18;
/** Window of the last segment (16 bits) and duplicate acknowledgements in a row (16 bits, upper). */
export const WINDOW = 19;
/** First sequence number: of the SYN, else the one before the first segment. */
export const INITIAL_SEQ = 20;
/** Lowest sequence number seen. */
export const LOWEST_SEQ = 21;
/** First range of missing sequence numbers in the pool of gaps, 0 without. */
export const GAPS = 22;
/** Packets of this side in the life of the flow, saturating at 2^32 - 1. */
export const TOTAL_PACKETS = 23;

// ---- line 7: what is written once ----
/** f64: MAC address of side 0, of side 1. */
export const MAC = 112;
export const ID_HIGH = 116;
export const ID_LOW = 117;
/** Expiry wheel: neighbours and bucket (timer-wheel.ts). */
export const WHEEL_PREVIOUS = 118;
export const WHEEL_NEXT = 119;
export const WHEEL_BUCKET = 120;
/** Usefulness list: neighbours and list (usefulness.ts). */
export const RANK_PREVIOUS = 121;
export const RANK_NEXT = 122;
export const RANK = 123;
/** Code of the observation point if side 0 is the client, and if side 1 is (8 bits each; observation-point.ts). */
export const OBSERVATION_POINTS = 124;
/** What the next segment completes (tcp-segments.ts). */
export const DELAY_STATE = 125;
/** Tunnel id of the first packet: unlike the key's also where each direction has its own. */
export const OUTER_ID = 126;

// ---- bits of FLAGS ----
/** The lower end of the key is side 0. */
export const LOW_IS_SIDE_0 = 1;
/** Side 1 is the client. */
export const REVERSED = 2;
/** Rows have been written with the other end as client, and none since has said so. */
export const MUST_REVERSE = 8;
/** The flow ended, and a row has said so. */
export const ENDED = 16;
/** Side 0, side 1 (shifted by one) has sent a segment, so that its sequence numbers are known. */
export const HAS_SEQ = 32;
/** Side 0, side 1: its first sequence number is known. */
export const HAS_INITIAL = 128;
/** Side 0, side 1: its acknowledgement number is known. */
export const HAS_ACK = 512;
/** Side 0, side 1: its last segment was a keep-alive. */
export const KEPT_ALIVE = 2048;
/** Side 0, side 1: its last segment was a zero-window probe. */
export const PROBED = 8192;
/** The handshake is complete and measured. */
export const HANDSHAKE_DONE = 1 << 15;
/** RST seen from side 0, side 1 in the life of the flow. */
export const RESET_BY = 1 << 16;
/** PSH seen. */
export const PUSHED = 1 << 18;
/** A row has been written. */
export const REPORTED = 1 << 19;
/** On the list of flows with something to report. */
export const DIRTY = 1 << 20;
