import {
  accept,
  ancillary,
  assemble,
  goto,
  ifAnyBit,
  ifEqual,
  type Line,
  load8,
  load16,
  load32,
  loadHeaderLength,
  loadIndexed32,
  NETWORK,
  recall,
  setIndex,
  store,
} from './bpf.ts';
import { PACKET_OUTGOING } from './tpacket.ts';

/** A TCP connection by its four words: addresses as in `ip` columns (IPv4 as ::ffff:a.b.c.d). */
export interface OwnConnection {
  readonly local: readonly number[];
  readonly localPort: number;
  readonly remote: readonly number[];
  readonly remotePort: number;
}

export interface FilterOptions {
  /** Captured bytes of each frame. */
  readonly snaplen: number;
  /** Nobody looks at payload: segments may be counted instead of captured, where that is possible. */
  readonly mayCount?: boolean;
  /** Interfaces to capture from; absent: all but `except`. */
  readonly interfaces?: readonly number[];
  readonly except?: readonly number[];
  /** The loopback interface: there every packet passes twice, and only the incoming one is taken. Absent: it is not among them. */
  readonly loopback?: number;
  /** Connections of this process, that it must not report: its own reports would never end. */
  readonly own: readonly OwnConnection[];
}

/** More connections of its own than this are not excluded. */
export const maxOwn = 100;
const ports = 0;
/** Words 1..4 of the scratch memory hold the source, 5..8 the destination. */
const source = 1;
const destination = 5;

/** The kernel's filter: chosen interfaces, loopback once, nothing of our own. */
export function captureFilter(options: FilterOptions): Uint8Array {
  const own = options.own.slice(0, maxOwn);
  const isV4 = ({ local }: OwnConnection) => local[2] === 0xffff && local[0] === 0 && local[1] === 0;
  const v4 = own.filter(isV4);
  const v6 = own.filter((connection) => !isV4(connection));
  return assemble([
    ...chooseInterfaces(options),
    load16(ancillary.protocol),
    ifEqual(0x0800, 'v4', 'not v4'),
    'not v4', // a conditional jump would not reach so far
    goto('is it v6'),
    'v4',
    ...(v4.length > 0 ? loadV4() : []),
    ...v4.flatMap((connection, i) => compare(connection, `v4 ${i}`, [3])),
    accept(options.snaplen),
    'is it v6',
    ifEqual(0x86dd, 'v6', 'neither'),
    'neither',
    accept(options.snaplen),
    'v6',
    ...(v6.length > 0 ? loadV6() : []),
    ...v6.flatMap((connection, i) => compare(connection, `v6 ${i}`, [0, 1, 2, 3])),
    'accept',
    accept(options.snaplen),
  ]);
}

function chooseInterfaces({ interfaces, except = [], loopback }: FilterOptions): Line[] {
  const lines: Line[] = [load32(ancillary.interface)];
  const one = (index: number, then: string, verdict: Line[]) => {
    lines.push(ifEqual(index, undefined, `not ${then} ${index}`), ...verdict, `not ${then} ${index}`);
  };
  for (const index of except) one(index, 'excepted', [accept(0)]);
  if (interfaces !== undefined) {
    for (const index of interfaces) one(index, 'chosen', [goto('chosen')]);
    lines.push(accept(0), 'chosen');
  }
  if (loopback === undefined) return lines;
  lines.push(ifEqual(loopback, undefined, 'not twice'), load32(ancillary.packetType));
  return [...lines, ifEqual(PACKET_OUTGOING, undefined, 'not twice'), accept(0), 'not twice'];
}

/** TCP in IPv4 (RFC 791 3.1), no later fragment: keeps the addresses' last words and the port pair. */
function loadV4(): Line[] {
  return [
    load8(NETWORK + 9),
    ifEqual(6, undefined, 'v4 other'),
    load16(NETWORK + 6),
    ifAnyBit(0x1fff, 'v4 other'),
    load32(NETWORK + 12),
    store(source + 3),
    load32(NETWORK + 16),
    store(destination + 3),
    loadHeaderLength(NETWORK),
    loadIndexed32(NETWORK),
    store(ports),
    goto('v4 0'),
    'v4 other',
    goto('accept'),
    'v4 0',
  ];
}

/** TCP right behind the IPv6 header (RFC 8200 3), as a host sends it. */
function loadV6(): Line[] {
  const words = [0, 1, 2, 3];
  return [
    load8(NETWORK + 6),
    ifEqual(6, undefined, 'v6 other'),
    ...words.flatMap((i) => [load32(NETWORK + 8 + 4 * i), store(source + i)]),
    ...words.flatMap((i) => [load32(NETWORK + 24 + 4 * i), store(destination + i)]),
    setIndex(40),
    loadIndexed32(NETWORK),
    store(ports),
    goto('v6 0'),
    'v6 other',
    goto('accept'),
    'v6 0',
  ];
}

/** Rejects the packet if it belongs to the connection, either way; only the given words of the addresses are compared. */
function compare({ local, localPort, remote, remotePort }: OwnConnection, name: string, words: number[]): Line[] {
  const next = `${name} next`;
  const back = `${name} back`;
  const from = (sender: readonly number[], receiver: readonly number[]): Line[] =>
    words.flatMap((i) => [
      recall(source + i),
      ifEqual(sender[i], undefined, next),
      recall(destination + i),
      ifEqual(receiver[i], undefined, next),
    ]);
  return [
    recall(ports),
    ifEqual((localPort << 16) | remotePort, undefined, back),
    ...from(local, remote),
    accept(0),
    back,
    ifEqual((remotePort << 16) | localPort, undefined, next),
    ...from(remote, local),
    accept(0),
    next,
  ];
}
