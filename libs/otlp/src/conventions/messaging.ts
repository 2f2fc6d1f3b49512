import { spanKind } from '../model/span.ts';
import type { Draft } from './draft.ts';
import { messagingOperationType } from './messaging-operations.ts';
import type { RequestRow, View } from './request-row.ts';
import { attr } from './semconv.ts';

/** Messaging spans. Name: `{operation} {destination}`. Who sends a message is its PRODUCER; all else is a client's call. */
export function describeMessaging(draft: Draft, row: RequestRow, view: View, system: string): void {
  const operation = row.request_type.toLowerCase();
  const type = messagingOperationType(system, operation);
  draft.set(attr.messagingSystemName, system);
  draft.put(attr.messagingOperationName, operation);
  draft.name = operation || system;
  if (type === undefined) return;
  draft.set(attr.messagingOperationType, type);
  const destination = row.request_resource || row.endpoint;
  draft.put(attr.messagingDestinationName, destination);
  if (destination) draft.name = `${operation} ${destination}`;
  if (type === 'send' && view === 'client') draft.kind = spanKind.producer;
}
