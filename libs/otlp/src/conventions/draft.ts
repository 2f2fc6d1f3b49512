import type { AttributeValue } from '../model/resource.ts';
import type { SpanKind } from '../model/span.ts';

/** A span in the making: conventions put their attributes in, the first reason for an error stays. */
export interface Draft {
  name: string;
  kind: SpanKind;
  attributes: Record<string, AttributeValue>;
  error?: { message?: string };
}

/** Marks a failure. `error.type` is of low cardinality; the message is what else is known. */
export function fail(draft: Draft, errorType: string, message = ''): void {
  if (draft.error) return;
  draft.attributes['error.type'] = errorType || '_OTHER';
  draft.error = message ? { message } : {};
}

/** Sets an attribute where there is something to say. */
export function put(draft: Draft, name: string, value: string | number): void {
  if (value !== '' && value !== 0) draft.attributes[name] = value;
}
