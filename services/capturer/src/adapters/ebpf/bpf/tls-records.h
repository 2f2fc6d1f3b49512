// Where the TLS record begins whose plaintext a call returns. A library may get many records from the socket at once, or half of one
// (OpenSSL with read-ahead, a memory BIO), and then return them call by call without reading.
#pragma once
#include "payload.h"

/** TLSCiphertext.type: the lowest, the highest, handshake; the major version, and the longest record (RFC 8446 5.1, RFC 5246 6.2.3). */
#define TLS_CHANGE_CIPHER_SPEC 20
#define TLS_APPLICATION_DATA 23
#define TLS_HANDSHAKE 22
#define TLS_MAJOR 3
#define TLS_LAST_MINOR 4
#define TLS_RECORD_HEADER 5
#define TLS_LONGEST (TLS_RECORD_HEADER + 16384 + 2048)
/** What encryption adds to a message: at most, but for longer padding. */
#define TLS_MOST_ADDED 85
/** AEAD: TLS 1.3; TLS 1.2 with ChaCha20 or CCM_8, and with GCM. */
#define IS_AEAD(added) ((added) == 22 || (added) == 21 || (added) == 29)

struct tls_session { __u64 session; __u32 pid; __u32 unused; };

/** What the library of a session has to return next. */
struct tls_records {
  /** The record, its length where its header was seen, and how much of its message was returned. */
  struct tls_record next;
  __u32 given;
  /** What encryption adds to a message; 0: not known, and so is `next`. */
  __u32 added;
};
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, struct tls_session);
  __type(value, struct tls_records);
} tls_records SEC(".maps");

/** Type of the record that begins `at` in what was read at once, and its length; 0: none does. What was not copied is looked up. */
static __always_inline __u32 record_at(struct scratch *scratch, __u32 at, __u32 *length) {
  __u8 *header = (__u8 *)&scratch->payload[at & (PIECE_BYTES - 1)];
  __u8 looked_up[TLS_RECORD_HEADER];
  if (!scratch->wanted || scratch->wanted > PIECE_BYTES) {
    if (at + TLS_RECORD_HEADER > scratch->parts[0].length) return 0;
    if (bpf_probe_read_user(looked_up, sizeof(looked_up), (void *)(scratch->parts[0].base + at)) < 0) return 0;
    header = looked_up;
  }
  if (header[0] < TLS_CHANGE_CIPHER_SPEC || header[0] > TLS_APPLICATION_DATA) return 0;
  *length = TLS_RECORD_HEADER + (header[3] << 8 | header[4]);
  return header[1] == TLS_MAJOR && header[2] <= TLS_LAST_MINOR && *length <= TLS_LONGEST ? header[0] : 0;
}

/** The record with which begins what was read at once, if one does. */
static __always_inline struct tls_record first_record(struct scratch *scratch, __u32 bytes) {
  struct tls_record record = {.seq = scratch->event.seq};
  __u32 length;
  if (bytes >= TLS_RECORD_HEADER && record_at(scratch, 0, &length)) record.length = length;
  return record;
}

/**
 * The record with the first message, in what was read at once: change of cipher, the end of the handshake and tickets come before
 * it, and are short. Behind the change of cipher one record at most is the handshake's.
 */
static __always_inline struct tls_record first_message(struct scratch *scratch, __u32 bytes) {
  __u32 at = 0, hidden = 3, length = 0;
  for (int i = 0; i < 4; i++) {
    __u32 type = record_at(scratch, at, &length);
    if (!type) length = 0;
    if (type == TLS_CHANGE_CIPHER_SPEC) hidden = 1;
    else if (type == TLS_HANDSHAKE) hidden = 0;
    else if (!type || !hidden--) break;
    if (length > 2048 || at + length >= bytes || at + length >= PIECE_BYTES) break;
    at += length;
    length = 0;
  }
  return (struct tls_record){.seq = scratch->event.seq + at, .length = length};
}

/** A call that reads returns so many bytes of plaintext, 0 for none. */
struct returned {
  struct tls_session session;
  /** What was read before it returned: the first record, and that of the first message if the handshake was in front of it. */
  struct tls_record record;
  struct tls_record message;
  __u64 bytes;
  /** Bytes that the program had room for. */
  __u64 room;
  bool has_seq;
};

/** Finds the record of what is returned: `record.seq` if `has_seq`. Without, it goes on where the call before ended. */
static __always_inline void place_plaintext(struct returned *returned) {
  struct tls_records *records = bpf_map_lookup_elem(&tls_records, &returned->session);
  if (!records) {
    struct tls_records none = {};
    bpf_map_update_elem(&tls_records, &returned->session, &none, BPF_ANY);
    records = bpf_map_lookup_elem(&tls_records, &returned->session);
    if (!records) return;
  }
  if (!records->added && !IS_AEAD(returned->record.length - (__u32)returned->bytes)) returned->record = returned->message;
  if (returned->record.length) {
    records->next = returned->record;
    records->given = 0;
  } else if (!records->added) {
    return;
  }
  if (!returned->bytes) return;
  returned->has_seq = !records->given;
  returned->record.seq = records->next.seq;
  records->given += returned->bytes;
  __u32 length = records->next.length;
  __u32 added = records->added ? records->added : TLS_MOST_ADDED;
  // A call returns no more than one record, and all of it if there is room.
  if (returned->bytes >= returned->room && (!length || records->given + added < length)) return;
  if (length) {
    added = length - records->given;
    records->added = added <= TLS_MOST_ADDED ? added : 0;
  }
  records->next.seq += records->given + added;
  records->next.length = 0;
  records->given = 0;
}
