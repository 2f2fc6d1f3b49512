import type { CustomResourceDefinition } from '@flowloom/testkit';

type Schema = Readonly<Record<string, unknown>>;

const text = { type: 'string' };
const object = (properties: Record<string, Schema>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
});
const list = (items: Schema): Schema => ({ type: 'array', items });
const textMap = { type: 'object', additionalProperties: text };
const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

interface Definition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly spec: Schema;
}

const monitor = (endpoints: string): Schema =>
  object(
    {
      jobLabel: text,
      selector: object({ matchLabels: textMap }),
      [endpoints]: list(
        object({
          port: text,
          path: text,
          interval: text,
          relabelings: list(object({ sourceLabels: list(text), targetLabel: text })),
        }),
      ),
    },
    'selector',
    endpoints,
  );
const trigger = object(
  { type: text, metricType: text, metadata: textMap, authenticationRef: object({ name: text }, 'name') },
  'type',
  'metadata',
);

const definition = ({ group, version, kind, plural, spec }: Definition) => ({
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural, singular: kind.toLowerCase(), kind },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: object({ spec, status: anything }) },
      },
    ],
  },
});

/** The parts of the Prometheus Operator's and KEDA's APIs that the chart uses, as their API references describe them. */
const operators: readonly Definition[] = [
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kind: 'ServiceMonitor',
    plural: 'servicemonitors',
    spec: monitor('endpoints'),
  },
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kind: 'PodMonitor',
    plural: 'podmonitors',
    spec: monitor('podMetricsEndpoints'),
  },
  {
    group: 'monitoring.coreos.com',
    version: 'v1',
    kind: 'PrometheusRule',
    plural: 'prometheusrules',
    spec: object({
      groups: list(
        object({
          name: text,
          rules: list(object({ alert: text, expr: text, for: text, labels: textMap, annotations: textMap }, 'expr')),
        }),
      ),
    }),
  },
  {
    group: 'keda.sh',
    version: 'v1alpha1',
    kind: 'ScaledObject',
    plural: 'scaledobjects',
    spec: object(
      {
        scaleTargetRef: object({ name: text }, 'name'),
        minReplicaCount: { type: 'integer' },
        maxReplicaCount: { type: 'integer' },
        advanced: object({ horizontalPodAutoscalerConfig: object({ behavior: anything }) }),
        triggers: list(trigger),
      },
      'scaleTargetRef',
      'triggers',
    ),
  },
  {
    group: 'keda.sh',
    version: 'v1alpha1',
    kind: 'TriggerAuthentication',
    plural: 'triggerauthentications',
    spec: object({ secretTargetRef: list(object({ parameter: text, name: text, key: text }, 'parameter', 'name')) }),
  },
];

export const operatorDefinitions: readonly CustomResourceDefinition[] = operators.map(definition);
