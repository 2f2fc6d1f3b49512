import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { watchedResources } from './watched-resources.ts';

const role = readFileSync(new URL('../../../../../k8s/chart/templates/rbac.yaml', import.meta.url), 'utf8');

describe('what the tagger follows', () => {
  // That these rights are enough and no more is proved on a real API server: test/integration/k8s/rbac.test.ts.
  it.each(watchedResources.map(({ path }) => path))('%s is named in the role of the chart', (path) => {
    expect(role).toMatch(new RegExp(`[-,[] ?${path.split('/').at(-1)}\\b`));
  });
});
