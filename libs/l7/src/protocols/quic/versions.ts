/** What differs between versions in the protection of Initial packets. */
export interface QuicVersion {
  readonly name: string;
  readonly salt: Buffer;
  /** Labels of HKDF-Expand-Label start with it. */
  readonly labelPrefix: string;
  /** Bits of the long packet type that mean Initial. */
  readonly initialType: number;
}

const draft29Salt = Buffer.from('afbfec289993d24c9e9786f19c6111e04390a899', 'hex');

/** RFC 9001 5.2, RFC 9369 3.3, draft-ietf-quic-tls-29 5.2 (29 to 32 are alike). */
const versions = new Map<number, QuicVersion>([
  [
    0x0000_0001,
    {
      name: '1',
      salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'),
      labelPrefix: 'quic',
      initialType: 0,
    },
  ],
  [
    0x6b33_43cf,
    {
      name: '2',
      salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
      labelPrefix: 'quicv2',
      initialType: 1,
    },
  ],
  ...[29, 30, 31, 32].map((draft): [number, QuicVersion] => [
    (0xff00_0000 | draft) >>> 0,
    { name: `draft-${draft}`, salt: draft29Salt, labelPrefix: 'quic', initialType: 0 },
  ]),
]);

export const quicVersion = (version: number): QuicVersion | undefined => versions.get(version);
