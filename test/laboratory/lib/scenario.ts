import type { Need } from '@flowloom/testkit';
import type { Lab } from './lab.ts';

export interface Scenario {
  readonly name: string;
  /** What is hard about it. */
  readonly shows: string;
  /** What is not linked, or wrongly, and why. */
  readonly rest?: string;
  /** Without these it is left out. */
  readonly needs: readonly Need[];
  /** All requests of the load generator have the same URL. */
  readonly same?: boolean;
  /** So many requests are sent first, eight at once, and not scored. */
  readonly warmUp?: number;
  /** So long its services go on when the last request is answered, ms. */
  readonly afterwardsMs?: number;
  /** Starts everything, from the back to the front; the URL that the load generator asks. */
  start(lab: Lab): Promise<string>;
}
