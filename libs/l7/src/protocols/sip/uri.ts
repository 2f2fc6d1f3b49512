/** A SIP URI without its password and headers, which may hold credentials (RFC 3261 19.1.1). */
export const maskUri = (uri: string): string => uri.replace(/^(sips?:[^:@\s]+):[^@\s]*@/i, '$1@').replace(/\?.*$/, '');

/** Its host, without port; '' for telephone numbers. */
export const hostOf = (uri: string): string => /^sips?:(?:[^@]*@)?(\[[^\]]*\]|[^:;?\s]*)/i.exec(uri)?.[1] ?? '';
