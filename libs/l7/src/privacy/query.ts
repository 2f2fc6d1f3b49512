/**
 * Replaces the values of listed parameters in a query (what follows `?`) by `REDACTED`, as OpenTelemetry does in
 * `url.query`. Names are compared decoded and in lower case.
 */
export function maskQuery(query: string, masked: ReadonlySet<string>): string {
  if (query === '' || masked.size === 0) return query;
  let result = '';
  let changed = false;
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const hide = equals >= 0 && masked.has(decoded(part.slice(0, equals)));
    result += `${result === '' ? '' : '&'}${hide ? `${part.slice(0, equals)}=REDACTED` : part}`;
    changed ||= hide;
  }
  return changed ? result : query;
}

function decoded(name: string): string {
  if (!name.includes('%') && !name.includes('+')) return name.toLowerCase();
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')).trim().toLowerCase();
  } catch {
    return name.toLowerCase(); // not UTF-8: compared as it stands
  }
}
