/** RFC 5321 4.1.1, AUTH (4954), STARTTLS (3207), BDAT (3030), LHLO (2033), ETRN (1985), ATRN (2645), Exchange and Postfix. */
const commands = new Set(
  'HELO EHLO LHLO MAIL RCPT DATA BDAT RSET VRFY EXPN HELP NOOP QUIT AUTH STARTTLS ETRN ATRN TURN SEND SOML SAML BURL XCLIENT XFORWARD'.split(
    ' ',
  ),
);

/** @param word in upper case */
export const isCommand = (word: string): boolean => commands.has(word) || /^X-?[A-Z]{2,14}$/.test(word);

/** The domain of `FROM:<user@domain>`: the user's part is nobody's business. */
export const domainOf = (path: string): string => /@([^>\s]{1,255})>?/.exec(path)?.[1] ?? '';
