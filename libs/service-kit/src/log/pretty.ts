import { styleText } from 'node:util';

const colors = { warn: 'yellow', error: 'red', fatal: 'red', debug: 'gray', trace: 'gray' } as const;

/** A JSON log line as text: time of day, level, service, message, then the other fields. */
export function prettyLine(json: string): string {
  const { time, level, service, msg, event: _event, err, ...fields } = JSON.parse(json);
  const color = colors[level as keyof typeof colors];
  const tag = String(level).padEnd(5);
  const rest = Object.entries(fields).map(([key, value]) => styleText('gray', `${key}=${show(value)}`));
  const words = [String(time).slice(11, 23), color ? styleText(color, tag) : tag, service, msg ?? '', ...rest];
  const stack = err?.stack ? `\n${err.stack}` : '';
  return `${words.join(' ')}${stack}\n`;
}

function show(value: unknown): string {
  return typeof value === 'string' && /^[^\s"]+$/.test(value) ? value : JSON.stringify(value);
}
