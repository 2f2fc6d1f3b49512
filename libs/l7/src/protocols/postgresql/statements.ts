import { LazyMap } from '../../session/lazy-map.ts';

const MAX_NAMES = 1024;

/** What a statement or portal is about. */
export interface Statement {
  /** Masked. */
  readonly sql: string;
  readonly verb: string;
  readonly endpoint: string;
  readonly table: string;
}

/** Prepared statements, or portals, of one connection by name; the unnamed one is ''. */
export type Statements = LazyMap<string, Statement>;
export const noStatements = (): Statements => new LazyMap(MAX_NAMES);
