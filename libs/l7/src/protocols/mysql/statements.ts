import { LazyMap } from '../../session/lazy-map.ts';

/** What is known of a prepared statement. */
export interface Statement {
  /** Masked. */
  readonly sql: string;
  readonly verb: string;
  readonly endpoint: string;
}

const MAX_STATEMENTS = 1024;

/** Prepared statements of one connection by id. */
export type Statements = LazyMap<number, Statement>;
export const noStatements = (): Statements => new LazyMap(MAX_STATEMENTS);
