import { describeHop, describeRequest } from '../conventions/describe-request.ts';
import { Draft } from '../conventions/draft.ts';
import type { RequestRow, View } from '../conventions/request-row.ts';
import type { AttributeValue } from '../model/resource.ts';
import type { SpanKind } from '../model/span.ts';

export interface Described {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Record<string, AttributeValue>;
  readonly error?: { readonly message?: string };
}

/** What `describeRequest` says of a row, collected. Throws where an attribute comes twice. */
export function described(row: RequestRow, view: View): Described {
  const attributes: Record<string, AttributeValue> = {};
  const draft = new Draft({
    attribute: (name, value) => {
      if (name in attributes) throw new Error(`${name} comes twice`);
      attributes[name] = value;
    },
  });
  if (view === 'network') describeHop(draft, row);
  else describeRequest(draft, row, view);
  const { name, kind, isError, message } = draft;
  return { name, kind, attributes, ...(isError && { error: message ? { message } : {} }) };
}
