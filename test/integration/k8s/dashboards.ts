import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from '../../../k8s/helm.ts';

/** A dashboard of Grafana, the part that tests read. */
export interface Dashboard {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

export function dashboards(): Dashboard[] {
  const folder = join(chart, 'dashboards');
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/** What it asks Prometheus, with Grafana's variables filled in. */
export function expressionsOf({ panels }: Dashboard): string[] {
  const all = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
  return all.map((expr) => expr.replaceAll('$__rate_interval', '5m').replaceAll(/\$\w+/g, '.*'));
}

/** Names of metrics, and of labels, that it asks for. */
export function askedOf(dashboard: Dashboard): { metrics: Set<string>; labels: Set<string> } {
  const variables = dashboard.templating.list.map(({ definition = '' }) => definition);
  const text = [...expressionsOf(dashboard), ...variables].join('\n');
  const grouped = [...text.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list]) => list.split(','));
  const matched = [...text.matchAll(/(\w+)(?:=~|!=|=)"/g)].map(([, name]) => name);
  const chosen = [...text.matchAll(/label_values\(\w+, (\w+)\)/g)].map(([, name]) => name);
  return {
    metrics: new Set([...text.matchAll(/(\w+)\{|label_values\((\w+)/g)].map(([, name, other]) => name ?? other)),
    labels: new Set([...grouped, ...matched, ...chosen].map((name) => name.trim())),
  };
}
