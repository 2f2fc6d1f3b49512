import type { Resource, Scope } from '@flowloom/otlp';
import { schemaUrl } from '@flowloom/otlp';

export const aggregatorScope: Scope = { name: 'flowloom.aggregator' };

/** Who says it: `instance` keeps the cumulative series of several aggregators apart. */
export function aggregatorResource(instance: string): Resource {
  return { attributes: { 'service.name': 'flowloom', 'service.instance.id': instance }, schemaUrl };
}
