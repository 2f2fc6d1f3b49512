import { type Check, lacking, ok } from '../check.ts';

interface Report {
  readonly status?: string;
  readonly reasons?: readonly string[];
}

/** A service of Flowloom says that it is ready. `url` is where its port is. */
export function readyCheck(url: string): Check {
  const page = `${url.replace(/\/$/, '')}/readyz`;
  return {
    name: new URL(url).host,
    group: 'reach',
    run: async () => {
      try {
        const response = await fetch(page, { signal: AbortSignal.timeout(5000) });
        const { status = `HTTP ${response.status}`, reasons = [] } = (await response.json()) as Report;
        const said = [status, ...reasons].join('; ');
        return response.ok ? ok(said) : lacking(said, 'see its log');
      } catch (error) {
        const { message, cause } = error as Error;
        return lacking(
          `${page}: ${(cause as Error | undefined)?.message || message}`,
          'is it running, and can it be reached from here?',
        );
      }
    },
  };
}
