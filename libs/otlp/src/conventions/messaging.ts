import { spanKind } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { parseJsonMap } from './json-map.ts';
import { type MessagingOperation, messagingOperation, operationTypes } from './messaging-operations.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr, conventionOf } from './semconv.ts';

/**
 * Messaging spans. Name: `{operation} {destination}`. Who sends a message is its PRODUCER, to whom the broker pushes it its
 * CONSUMER; all else is a client's call.
 */
export function describeMessaging(draft: Draft, row: RequestRow, view: View, system: string): void {
  const name = row.request_type.toLowerCase();
  const operation = messagingOperation(system, name, draft.given(attr.messagingOperationType));
  draft.set(attr.messagingSystemName, system);
  draft.put(attr.messagingOperationName, name);
  draft.name = name || system;
  if (operation === undefined) return;
  draft.set(attr.messagingOperationType, operationTypes[operation]);
  const destination = row.request_resource || row.endpoint;
  draft.put(attr.messagingDestinationName, destination);
  if (destination) draft.name = `${name} ${destination}`;
  if (operation === 'send' && view === 'client') draft.kind = spanKind.producer;
  else if (operation === 'push' && view === 'server') draft.kind = spanKind.consumer;
}

/** What a request does with messages; undefined where it does nothing with them. */
export function messagingOperationOf(row: RequestRow): MessagingOperation | undefined {
  const { family, system } = conventionOf(row.protocol);
  if (family !== 'messaging') return undefined;
  const type = row.attributes.includes(attr.messagingOperationType)
    ? parseJsonMap(row.attributes)[attr.messagingOperationType]
    : undefined;
  return messagingOperation(system, row.request_type.toLowerCase(), type);
}
