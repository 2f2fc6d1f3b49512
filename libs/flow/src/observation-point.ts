/** Where on its path a flow is seen, `observation_point` in records. The index is the code inside this package. */
export const observationPoints = [
  'rest',
  'local',
  'c',
  's',
  'c-nd',
  's-nd',
  'c-hv',
  's-hv',
  'c-gw-hv',
  's-gw-hv',
  'c-gw',
  's-gw',
  'c-p',
  's-p',
] as const;
export type ObservationPoint = (typeof observationPoints)[number];

/** What an interface is attached to. `replay`: a file, of which nothing is known. */
export type LinkKind = 'replay' | 'node' | 'virtual-machine' | 'hypervisor' | 'mirror';

/** What is known of one end of a flow at the interface. */
export interface SideFacts {
  /** Its MAC address is that of an end in this segment. */
  l2End: boolean;
  /** So is its address together with it. */
  l3End: boolean;
  localMac: boolean;
  localIp: boolean;
}

/** Place on a side before client and server are told apart. `gw` is on the far side of a gateway: c and s change. */
type Place = 'end' | 'nd' | 'hv' | 'gw-hv' | 'gw' | 'none';

/** A row of the table: absent conditions do not matter; the first row that fits decides. */
interface Rule {
  kind: LinkKind;
  l2End?: boolean;
  l3End?: boolean;
  localMac?: boolean;
  localIp?: boolean;
  tunnelled?: boolean;
  place: Place;
}

/** After DeepFlow's decision, one side at a time. */
export const rules: readonly Rule[] = [
  { kind: 'node', l2End: true, l3End: true, tunnelled: false, place: 'end' },
  { kind: 'node', l2End: true, l3End: true, place: 'nd' },
  { kind: 'node', l2End: true, localIp: true, place: 'nd' },
  { kind: 'node', l2End: true, tunnelled: true, place: 'nd' },
  { kind: 'node', l2End: true, place: 'none' },
  { kind: 'node', l3End: true, localMac: true, place: 'nd' },
  { kind: 'node', l3End: true, place: 'none' },
  { kind: 'node', localMac: true, localIp: true, place: 'nd' },
  { kind: 'node', localMac: true, tunnelled: true, place: 'nd' },

  { kind: 'virtual-machine', l2End: true, l3End: true, tunnelled: false, place: 'end' },
  { kind: 'virtual-machine', l2End: true, l3End: false, place: 'gw' },

  { kind: 'hypervisor', l2End: true, l3End: true, tunnelled: false, place: 'end' },
  { kind: 'hypervisor', l2End: true, l3End: true, localIp: true, place: 'hv' },
  { kind: 'hypervisor', l2End: true, l3End: true, place: 'none' },
  { kind: 'hypervisor', l2End: true, localIp: true, tunnelled: true, place: 'hv' },
  { kind: 'hypervisor', l2End: true, localIp: true, place: 'gw' },
  { kind: 'hypervisor', l2End: true, localMac: true, tunnelled: true, place: 'gw-hv' },
  { kind: 'hypervisor', l2End: true, localMac: true, place: 'gw' },
  { kind: 'hypervisor', l2End: true, place: 'none' },
  { kind: 'hypervisor', l3End: true, localMac: true, place: 'hv' },
  { kind: 'hypervisor', l3End: true, place: 'none' },
  { kind: 'hypervisor', localMac: true, localIp: true, place: 'hv' },
  { kind: 'hypervisor', localMac: true, tunnelled: true, place: 'hv' },
  { kind: 'hypervisor', localMac: true, place: 'gw-hv' },

  { kind: 'mirror', l2End: true, place: 'end' },
];

/** `gw` and `gw-hv` name the leg: at the gateway's own segment the client is on the server's leg. */
const names: Record<Place, readonly [client: ObservationPoint, server: ObservationPoint]> = {
  end: ['c', 's'],
  nd: ['c-nd', 's-nd'],
  hv: ['c-hv', 's-hv'],
  'gw-hv': ['s-gw-hv', 'c-gw-hv'],
  gw: ['s-gw', 'c-gw'],
  none: ['rest', 'rest'],
};

function ruleOf(kind: LinkKind, facts: SideFacts, tunnelled: boolean): Place {
  const rule = rules.find(
    (r) =>
      r.kind === kind &&
      (r.l2End ?? facts.l2End) === facts.l2End &&
      (r.l3End ?? facts.l3End) === facts.l3End &&
      (r.localMac ?? facts.localMac) === facts.localMac &&
      (r.localIp ?? facts.localIp) === facts.localIp &&
      (r.tunnelled ?? tunnelled) === tunnelled,
  );
  return rule?.place ?? 'none';
}

const bits = (facts: SideFacts, tunnelled: boolean): number =>
  (facts.l2End ? 1 : 0) |
  (facts.l3End ? 2 : 0) |
  (facts.localMac ? 4 : 0) |
  (facts.localIp ? 8 : 0) |
  (tunnelled ? 16 : 0);

/** The table for each combination of facts: a flow costs a look-up, not a search. */
const places = Object.fromEntries(
  (['replay', 'node', 'virtual-machine', 'hypervisor', 'mirror'] as const).map((kind) => [
    kind,
    Array.from({ length: 32 }, (_, b) => {
      const facts = { l2End: (b & 1) > 0, l3End: (b & 2) > 0, localMac: (b & 4) > 0, localIp: (b & 8) > 0 };
      return ruleOf(kind, facts, (b & 16) > 0);
    }),
  ]),
) as unknown as Record<LinkKind, readonly Place[]>;

/** How near to its side a place is: of two matching sides the nearer one counts. */
function nearness(place: Place, facts: SideFacts): number {
  if (place === 'none') return 0;
  return (place === 'end' ? 8 : 1) + (facts.l2End ? 4 : 0) + (facts.localMac ? 2 : 0);
}

/**
 * Code of the observation point. `sameMac`: both ends have one MAC address, so the packets never left the host.
 * Where both sides match alike, the client's counts.
 */
export function observationPoint(
  kind: LinkKind,
  client: SideFacts,
  server: SideFacts,
  tunnelled: boolean,
  sameMac: boolean,
): ObservationPoint {
  if (sameMac && kind !== 'hypervisor' && kind !== 'mirror') return 'local';
  const near = places[kind][bits(client, tunnelled)];
  const far = places[kind][bits(server, tunnelled)];
  if (near === 'none' && far === 'none') return 'rest';
  return nearness(near, client) >= nearness(far, server) ? names[near][0] : names[far][1];
}
