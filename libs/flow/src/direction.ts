/**
 * How sure it is which end of a flow is the client (after DeepFlow's direction score). Higher evidence overrules lower;
 * the first of equal evidence stays.
 */
export const Evidence = {
  /** The client is presumed to speak first. */
  firstPacket: 1,
  /** Exactly one port is below 32768, where ephemeral ports begin on the common systems. */
  lowPort: 2,
  /** Exactly one port is a system port (RFC 6335 6: below 1024), or both are and one is lower: DHCP has 68 and 67. */
  systemPort: 3,
  /** One end is seen in more flows than the other, or as a server. */
  statistics: 4,
  /** One port is configured as a server's. */
  configured: 253,
  /** The application protocol says who asks. */
  application: 254,
  /** SYN, SYN-ACK, ICMP echo, SCTP INIT. */
  handshake: 255,
} as const;
export type Evidence = (typeof Evidence)[keyof typeof Evidence];

/** How many flows more an end must be seen in to be the server for that. */
const clearLead = 3;

/** A guess where no handshake was seen. */
export interface Guess {
  /** The end called "source" is the client. */
  sourceIsClient: boolean;
  evidence: Evidence;
}

/** Ports that are the server's by configuration. */
export class ServerPorts {
  readonly #is = new Uint8Array(65_536);

  constructor(ports: readonly number[] = []) {
    for (const port of ports) this.#is[port] = 1;
  }

  has(port: number): boolean {
    return this.#is[port] === 1;
  }
}

/**
 * Guesses the client from both ports and from how often both ends were seen (endpoint-memory.ts), filling `guess`. Source
 * is the end that sent the first packet.
 */
export function guessDirection(
  guess: Guess,
  ports: ServerPorts,
  sourcePort: number,
  destinationPort: number,
  sourceSeen: number,
  destinationSeen: number,
): void {
  const decide = (evidence: Evidence, sourceIsClient: boolean) => {
    guess.evidence = evidence;
    guess.sourceIsClient = sourceIsClient;
  };
  const configured = ports.has(destinationPort);
  if (configured !== ports.has(sourcePort)) decide(Evidence.configured, configured);
  else if (Math.abs(sourceSeen - destinationSeen) >= clearLead) {
    decide(Evidence.statistics, destinationSeen > sourceSeen);
  } else if (Math.min(sourcePort, destinationPort) < 1024 && sourcePort !== destinationPort) {
    decide(Evidence.systemPort, destinationPort < sourcePort);
  } else if (destinationPort < 32_768 !== sourcePort < 32_768) decide(Evidence.lowPort, destinationPort < 32_768);
  else decide(Evidence.firstPacket, true);
}
