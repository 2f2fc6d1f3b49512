// The import rules of docs/architecture.md. `scripts/imports.mjs` runs them over the tree, then over a canary
// (test/fixtures/import-canary) in which every one of them must go red.

/** Packages by layer, lowest first: a package imports from lower layers and itself, never beside or above. */
const layers = [
  ['libs/packet', 'libs/records'],
  ['libs/flow', 'libs/l7'],
  ['libs/bus', 'libs/otlp'],
  ['libs/service-kit'],
  ['services/capturer', 'services/tagger', 'services/aggregator', 'services/tracer'],
  ['cli'],
];

/** The canary lies in the same folders under a folder of its own. */
const CANARY = 'test/fixtures/import-canary/';
const inside = (...folders) => `^(${CANARY})?(${folders.join('|')})/`;
const tests = '(\\.test\\.ts|/testing/|/testing\\.ts)';
const everything = inside('libs', 'services', 'cli');

const layerRules = layers.flatMap((packages, rank) =>
  packages.map((name) => {
    const allowed = [name, ...layers.slice(0, rank).flat()];
    return {
      name: `layer: ${name}`,
      comment: `${name} may import only from ${allowed.join(', ')}`,
      severity: 'error',
      from: { path: inside(`${name}/src`), pathNot: tests },
      to: { path: '^(libs|services|cli)/', pathNot: `^(${allowed.join('|')})/` },
    };
  }),
);

/** Third-party packages that only an adapter may know. */
const only = (name, modules, ...places) => ({
  name: `only: ${name}`,
  comment: `${name} belongs to ${places.join(', ')}`,
  severity: 'error',
  from: { path: everything, pathNot: [tests, ...places.map((place) => `^(${CANARY})?${place}`)] },
  to: { path: `node_modules/(${modules})/` },
});

module.exports = {
  forbidden: [
    {
      name: 'unresolved',
      comment: 'an import that cannot be resolved escapes every other rule',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    ...layerRules,
    {
      name: 'testkit in tests only',
      severity: 'error',
      from: { path: everything, pathNot: [tests, '^libs/testkit/'] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'pure core',
      comment: 'bytes and arithmetic know no framework, file, socket or clock',
      severity: 'error',
      from: { path: inside('libs/(packet|flow|l7|records)/src', 'services/[^/]+/src/core'), pathNot: tests },
      to: {
        path: '^(node:)?(fs|net|dgram|http|https|http2|tls|dns|child_process|worker_threads|os|timers)(/|$)|/adapters/',
      },
    },
    only(
      'Nest',
      '@nestjs',
      'libs/service-kit/',
      'libs/bus/',
      '.*/main\\.ts$',
      '.*\\.module\\.ts$',
      '.*\\.controller\\.ts$',
    ),
    only('kafkajs', 'kafkajs', 'libs/bus/src/kafka/'),
    only('capture libraries', 'cap|koffi', 'services/capturer/src/adapters/'),
    only('Redis', 'ioredis', 'libs/service-kit/', 'services/[^/]+/src/adapters/', 'cli/demo/'),
    only('Kubernetes', '@kubernetes', 'services/tagger/src/adapters/'),
    only('OpenTelemetry', '@opentelemetry', 'libs/otlp/', 'libs/service-kit/'),
    only('Arrow', 'apache-arrow', 'libs/records/'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
