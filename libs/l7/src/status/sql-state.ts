import type { Status } from '../session/exchange.ts';

/**
 * Classes of SQLSTATE by which a database refuses what it was asked, so that the same would fail again (ISO/IEC 9075-2 24.1; PostgreSQL,
 * appendix A; MySQL, "Server error message reference"):
 *
 *     03 statement not complete     0Z diagnostics      25 transaction state       2F SQL routine      42 syntax, names, rights
 *     07 dynamic SQL                20 case not found   26 statement name          34 cursor name      44 check option
 *     0A not supported              21 cardinality      27 triggered data change   3B savepoint        45 SIGNAL of a routine
 *     0B transaction initiation     22 data             28 authorization           3C ambiguous cursor 54 beyond a limit
 *     0F locator                    23 constraint       2B dependent privileges    3D catalog          P0 PL/pgSQL, RAISE
 *     0L 0P grantor, role           24 cursor state     2D transaction end         3F schema
 */
const clientClasses = new Set(
  '03 07 0A 0B 0F 0L 0P 0Z 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 3B 3C 3D 3F 42 44 45 54 P0'.split(' '),
);
/** Against their class: a broken protocol is the client's (08), an assertion and a disabled statement the server's. */
const clientStates = new Set(['08P01']);
const serverStates = new Set(['25P03', '25P04', 'P0004']);

/**
 * Whose fault an error is. All other classes are the server's: connections, transactions that it rolled back, resources, operators,
 * external routines and itself (08, 38, 39, 40, 53, 55, 57, 58, F0, HV, XX, HY ...).
 *
 * @param state five characters; anything else is the server's
 */
export function statusOfSqlState(state: string): Status {
  if (clientStates.has(state)) return 'client_error';
  return clientClasses.has(state.slice(0, 2)) && !serverStates.has(state) ? 'client_error' : 'server_error';
}
