import type { RequestLog } from '@flowloom/records';
import type { Need } from '@flowloom/testkit';
import type { Stage } from './stage.ts';

/**
 * What a row of the request logs must say: these fields with these values, and null for a field that must be absent.
 * Written from what the client was told to do and what the server answered, never from what Flowloom printed.
 */
export type ExpectedRequest = { readonly [Field in keyof RequestLog]?: RequestLog[Field] | null };

/** A real server, driven by a real client with a known list of requests. */
export interface Scenario {
  /** Name of its recording. */
  readonly name: string;
  /** Commands and builds: see `missing` of the testkit. */
  readonly needs: readonly Need[];
  /** What this is, for who reads the recording: server and client. */
  readonly about: string;
  /** Ports of the server that belong to it. */
  readonly ports: readonly number[];
  /** What is said to the server and must not be in any output; as it is on the wire. */
  readonly secrets: readonly string[];
  /** The same, but compressed on the wire (HPACK). */
  readonly packedSecrets?: readonly string[];
  /** Where requests run beside each other and their order is open: what to sort rows and expectations by before the time. */
  order?(row: ExpectedRequest): string;
  /** Too large for the repository: played live only. */
  readonly liveOnly?: boolean;
  /** Resolves when the server serves. */
  serve(stage: Stage): Promise<void>;
  /** Runs the clients to their end; resolves to the requests that were made, in their order. */
  drive(stage: Stage): Promise<readonly ExpectedRequest[]>;
}
