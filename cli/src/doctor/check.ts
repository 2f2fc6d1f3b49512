/** What a check found. */
export interface Finding {
  readonly status: 'ok' | 'lacking' | 'skipped';
  /** What was seen, or why nothing was looked at. */
  readonly detail: string;
  /** What to do about it; with `lacking` always. */
  readonly remedy?: string;
}

export interface Check {
  readonly name: string;
  /** `node`: what this machine offers; `reach`: what it talks to. */
  readonly group: 'node' | 'reach';
  /** Throws where the check itself fails: that is reported as lacking, with the message. */
  run(): Finding | Promise<Finding>;
}

export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });
export const lacking = (detail: string, remedy: string): Finding => ({ status: 'lacking', detail, remedy });
