/** A version as OpenTelemetry's `tls.protocol.version` shows it; drafts of TLS 1.3 count as it. */
export function versionName(version: number): string {
  if (version === 0x0304 || version >> 8 === 0x7f) return '1.3';
  if (version === 0x0300) return 'SSL 3.0';
  if (version === 2) return 'SSL 2.0';
  return version > 0x0300 && version < 0x0304 ? `1.${version - 0x0301}` : '';
}

/** IANA TLS Cipher Suites: those in use, `TLS_` left out. */
const ciphers = new Map(
  (
    '1301 AES_128_GCM_SHA256,1302 AES_256_GCM_SHA384,1303 CHACHA20_POLY1305_SHA256,1304 AES_128_CCM_SHA256,' +
    '1305 AES_128_CCM_8_SHA256,c02b ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,c02c ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,' +
    'c02f ECDHE_RSA_WITH_AES_128_GCM_SHA256,c030 ECDHE_RSA_WITH_AES_256_GCM_SHA384,' +
    'cca8 ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,cca9 ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,' +
    'ccaa DHE_RSA_WITH_CHACHA20_POLY1305_SHA256,c009 ECDHE_ECDSA_WITH_AES_128_CBC_SHA,' +
    'c00a ECDHE_ECDSA_WITH_AES_256_CBC_SHA,c013 ECDHE_RSA_WITH_AES_128_CBC_SHA,c014 ECDHE_RSA_WITH_AES_256_CBC_SHA,' +
    'c023 ECDHE_ECDSA_WITH_AES_128_CBC_SHA256,c024 ECDHE_ECDSA_WITH_AES_256_CBC_SHA384,' +
    'c027 ECDHE_RSA_WITH_AES_128_CBC_SHA256,c028 ECDHE_RSA_WITH_AES_256_CBC_SHA384,c012 ECDHE_RSA_WITH_3DES_EDE_CBC_SHA,' +
    'c011 ECDHE_RSA_WITH_RC4_128_SHA,009c RSA_WITH_AES_128_GCM_SHA256,009d RSA_WITH_AES_256_GCM_SHA384,' +
    '009e DHE_RSA_WITH_AES_128_GCM_SHA256,009f DHE_RSA_WITH_AES_256_GCM_SHA384,002f RSA_WITH_AES_128_CBC_SHA,' +
    '0035 RSA_WITH_AES_256_CBC_SHA,003c RSA_WITH_AES_128_CBC_SHA256,003d RSA_WITH_AES_256_CBC_SHA256,' +
    '0033 DHE_RSA_WITH_AES_128_CBC_SHA,0039 DHE_RSA_WITH_AES_256_CBC_SHA,0067 DHE_RSA_WITH_AES_128_CBC_SHA256,' +
    '006b DHE_RSA_WITH_AES_256_CBC_SHA256,000a RSA_WITH_3DES_EDE_CBC_SHA,0004 RSA_WITH_RC4_128_MD5,' +
    '0005 RSA_WITH_RC4_128_SHA,0016 DHE_RSA_WITH_3DES_EDE_CBC_SHA,0009 RSA_WITH_DES_CBC_SHA'
  )
    .split(',')
    .map((entry) => entry.split(' ') as [string, string]),
);

/** The suite's name, or its number in hex where it is a rare one. */
export function cipherName(id: number): string {
  const hex = id.toString(16).padStart(4, '0');
  const name = ciphers.get(hex);
  return name === undefined ? `0x${hex}` : `TLS_${name}`;
}

/** RFC 8446 6, RFC 5246 7.2. */
const alerts: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
  121: 'ech_required',
};

export const alertName = (code: number): string => alerts[code] ?? `alert_${code}`;
