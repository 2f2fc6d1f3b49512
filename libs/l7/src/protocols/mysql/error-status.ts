import type { Status } from '../../session/exchange.ts';
import { statusOfSqlState } from '../../status/sql-state.ts';

/**
 * Errors that the client caused though their SQLSTATE is the general HY000 or a connection's 08S01 and 08004, or absent as before a
 * login (MySQL "Server Error Message Reference", MariaDB "Error Codes"): hosts and packets that are not let in; databases, events,
 * users, functions, variables, collations and time zones that do not exist or do already; definitions of partitions, views, triggers
 * and keys that cannot be; values that are missing or do not fit.
 */
const clientErrors: ReadonlySet<number> =
  numbersIn(`1007-1008 1043 1047 1089 1093-1096 1099-1100 1108 1111 1116-1117 1122 1125
  1128-1130 1153 1156 1175 1191-1193 1204 1210 1215 1221 1224-1225 1228-1229 1233 1238 1240 1243 1245 1251 1267 1270-1271 1273
  1283-1284 1288 1291 1293-1295 1298 1300 1302 1328 1347-1354 1356 1359-1364 1366 1368 1382 1390-1391 1393-1396 1409 1411 1418-1424
  1442-1445 1449-1450 1462 1464-1465 1468-1473 1475-1500 1502-1520 1525-1527 1531-1532 1537 1539 1542-1544 1553 1562-1564 1566-1567
  1575-1576 1578 1585 1588-1589 1621 1628-1629 1646 1648-1649 1652-1660 1688 1697 1699 1709 1726 1731-1737 1740 1742 1747-1748 1757
  1764-1766 1791 1793 1795-1798 1800-1801 1818-1822 1824-1835 1838 1847-1855 1861-1863 1901 1903-1905 1907 1911-1912 1923 1933
  1961-1962 1973-1977 1979-1980 1990 1995-1997 1999 3730 3780 3819 3822-3823`);

/** @param state SQLSTATE, '' without */
export const statusOfError = (code: number, state: string): Status =>
  clientErrors.has(code) ? 'client_error' : statusOfSqlState(state);

/** Numbers, and ranges of them, apart by spaces. */
function numbersIn(list: string): Set<number> {
  const numbers = new Set<number>();
  for (const range of list.split(/\s+/)) {
    const [first, last = first] = range.split('-').map(Number);
    for (let n = first; n <= last; n++) numbers.add(n);
  }
  return numbers;
}
