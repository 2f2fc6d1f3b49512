/** An operation of RFC 4511, by the number of its application tag. */
export const requestNames: ReadonlyMap<number, string> = new Map([
  [0, 'Bind'],
  [2, 'Unbind'],
  [3, 'Search'],
  [6, 'Modify'],
  [8, 'Add'],
  [10, 'Delete'],
  [12, 'ModifyDN'],
  [14, 'Compare'],
  [16, 'Abandon'],
  [23, 'Extended'],
]);
/** SearchResultEntry, SearchResultReference and IntermediateResponse: more follows. */
export const goesOn = (operation: number): boolean => operation === 4 || operation === 19 || operation === 25;
const responses = new Set([1, 4, 5, 7, 9, 11, 13, 15, 19, 24, 25]);
export const isResponse = (operation: number): boolean => responses.has(operation);

/** resultCode (RFC 4511 4.1.9, appendix A). */
export const resultNames: ReadonlyMap<number, string> = new Map(
  Object.entries({
    1: 'operationsError',
    2: 'protocolError',
    3: 'timeLimitExceeded',
    4: 'sizeLimitExceeded',
    7: 'authMethodNotSupported',
    8: 'strongerAuthRequired',
    11: 'adminLimitExceeded',
    12: 'unavailableCriticalExtension',
    13: 'confidentialityRequired',
    16: 'noSuchAttribute',
    17: 'undefinedAttributeType',
    18: 'inappropriateMatching',
    19: 'constraintViolation',
    20: 'attributeOrValueExists',
    21: 'invalidAttributeSyntax',
    32: 'noSuchObject',
    33: 'aliasProblem',
    34: 'invalidDNSyntax',
    36: 'aliasDereferencingProblem',
    48: 'inappropriateAuthentication',
    49: 'invalidCredentials',
    50: 'insufficientAccessRights',
    51: 'busy',
    52: 'unavailable',
    53: 'unwillingToPerform',
    54: 'loopDetect',
    64: 'namingViolation',
    65: 'objectClassViolation',
    66: 'notAllowedOnNonLeaf',
    67: 'notAllowedOnRDN',
    68: 'entryAlreadyExists',
    69: 'objectClassModsProhibited',
    71: 'affectsMultipleDSAs',
    80: 'other',
  }).map(([code, name]) => [Number(code), name]),
);
/** compareFalse, compareTrue, referral, saslBindInProgress are results, not errors. */
export const isSuccess = (code: number): boolean =>
  code === 0 || code === 5 || code === 6 || code === 10 || code === 14;
export const isServerError = (code: number): boolean =>
  code === 1 || code === 3 || code === 11 || code === 51 || code === 52 || code === 54 || code === 80;
