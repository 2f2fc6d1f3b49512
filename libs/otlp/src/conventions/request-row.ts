import type { TaggedRequest } from '@flowloom/records';

/** A row of `requests` with every field: what does not apply is '' or 0. Maps stay JSON text. */
export type RequestRow = {
  -readonly [N in keyof TaggedRequest]-?: TaggedRequest[N] extends string | number | boolean | undefined
    ? Exclude<TaggedRequest[N], undefined>
    : string;
};

/** Whose view of a request a span gives: of the one who asks, of the one who answers, or of the network between. */
export type View = 'client' | 'server' | 'network';
