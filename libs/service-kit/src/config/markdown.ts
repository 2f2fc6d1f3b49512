import type { ConfigKey, ConfigSection } from './section.ts';

/** The reference page of the settings. */
export function configMarkdown(sections: readonly ConfigSection[]): string {
  const intro = [
    '# Configuration',
    '',
    'Every setting is an environment variable. An unknown `FLOWLOOM_` variable or a bad value ends the process with',
    'one line for each problem and exit code 2, before any socket opens. Lists are separated by commas.',
    '',
    'This page is generated from the declarations by `npm run docs`.',
  ];
  return `${[...intro, ...sections.flatMap(sectionLines)].join('\n')}\n`;
}

function sectionLines({ name, doc, keys }: ConfigSection): string[] {
  const rows = keys.map((key) => `| \`${key.env}\` | ${cell(key.kind.label)} | ${fallback(key)} | ${cell(key.doc)} |`);
  return ['', `## ${name}`, '', doc, '', '| variable | takes | default | meaning |', '|---|---|---|---|', ...rows];
}

function fallback({ fallback: value }: ConfigKey): string {
  const text = Array.isArray(value) ? value.join(',') : String(value);
  return text === '' ? 'empty' : `\`${cell(text)}\``;
}

const cell = (text: string) => text.replaceAll('|', '\\|');
