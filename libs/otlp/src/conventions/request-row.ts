import type { SideTag, TaggedRequest } from '@flowloom/records';

/** Who one side of a request is; what does not apply is ''. */
export type Side = Readonly<Record<SideTag, string>>;

/** What no span tells: where the row was captured, and in which form. */
type Unused =
  | 'source'
  | 'vlan'
  | `tunnel_${'type' | 'id'}`
  | `ovn_${'client' | 'server'}_port`
  | `${'client' | 'server'}_mac`
  | 'tag_state';

/**
 * A row of `requests`: what does not apply is '' or 0, maps stay JSON text, and the tags of a side are one object, which
 * rows of the same side share.
 */
export type RequestRow = {
  readonly [N in Exclude<keyof TaggedRequest, Unused | `${'client' | 'server'}_${SideTag}`>]-?: TaggedRequest[N] extends
    | string
    | number
    | boolean
    | undefined
    ? Exclude<TaggedRequest[N], undefined>
    : string;
} & { readonly client: Side; readonly server: Side };

/** Whose view of a request a span gives: of the one who asks, of the one who answers, or of the network between. */
export type View = 'client' | 'server' | 'network';
