const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const number = /^[+-]?\d+(?:[.,:_-]\d+)*$/;
const hex = /^(?=.*\d)[0-9a-f]{8,}$/i;
const mail = /^[^@]+(?:@|%40)[^@]+\.[^@]+$/i;
/** Long and of mixed digits and letters: a token, a ULID, base64. */
const token = /^(?=(?:.*\d){3})(?=.*[a-z])[\w~%=.+-]{16,}$/i;

const MAX_SEGMENTS = 12;

/** A path of low cardinality: without query, with every segment that looks like an id as `{id}`: `/users/{id}`. */
export function foldPath(path: string): string {
  const end = path.search(/[?#;]/);
  const segments = (end < 0 ? path : path.slice(0, end)).split('/');
  const folded = segments.slice(0, MAX_SEGMENTS).map((segment) => (isId(segment) ? '{id}' : segment));
  return folded.join('/') + (segments.length > MAX_SEGMENTS ? '/{rest}' : '');
}

function isId(segment: string): boolean {
  if (segment === '' || (segment.length < 16 && !/[\d@%]/.test(segment))) return false;
  return (
    number.test(segment) ||
    uuid.test(segment) ||
    hex.test(segment) ||
    mail.test(segment) ||
    token.test(segment) ||
    segment.length > 64
  );
}
