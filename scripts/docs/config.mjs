// docs/reference/config.md: the shared settings, then those of each service, from services/*/src/*.config.ts.
import { globSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { commonSections, configMarkdown } from '@flowloom/service-kit/config';

export async function pages() {
  const sections = [...commonSections];
  for (const file of globSync('services/*/src/*.config.ts').sort()) {
    const exported = Object.values(await import(pathToFileURL(file)));
    sections.push(...exported.filter((value) => value?.schema && Array.isArray(value.keys)));
  }
  return { 'docs/reference/config.md': configMarkdown(sections) };
}
