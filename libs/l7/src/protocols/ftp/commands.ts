const words = (text: string): string[] => text.split(/\s+/);

/** Commands whose argument is a path. */
const withPath = new Set(
  words('RETR STOR STOU APPE DELE CWD MKD RMD RNFR RNTO LIST NLST MLSD MLST SIZE MDTM STAT XMKD XRMD XCWD'),
);

const others = new Set(
  words(`ABOR ACCT ADAT ALLO AUTH CCC CDUP CONF CLNT EPRT EPSV ENC FEAT HELP HOST LANG LPRT LPSV MIC MODE NOOP OPTS PASS PASV PBSZ
    PORT PROT PWD QUIT REIN REST SITE SMNT STRU SYST TYPE USER XCUP XPWD MFMT MFCT AVBL COMB CSID THMB XCRC XMD5 XSHA1`),
);

/** @param word in upper case */
export const isCommand = (word: string): boolean => withPath.has(word) || others.has(word);
export const hasPath = (word: string): boolean => withPath.has(word);
