export type HealthStatus = 'ok' | 'degraded' | 'down';

export interface HealthReport {
  readonly status: HealthStatus;
  /** Of every component that is not well: `bus: no broker answers`. */
  readonly reasons: readonly string[];
}

/** What one part of a service says about itself. */
export interface HealthComponent {
  ok(): void;
  /** Works with less: still ready, and says so. */
  degraded(reason: string): void;
  /** Cannot work: not ready until it says `ok` or `degraded`. */
  down(reason: string): void;
}

/**
 * Health of a process.
 * - Ready while no component is `down`; `degraded` is ready and says why.
 * - Alive until `fail`: then only a restart helps.
 */
export class Health {
  readonly #components = new Map<string, { status: HealthStatus; reason: string }>();
  #failure: string | undefined;

  component(name: string): HealthComponent {
    const set = (status: HealthStatus, reason: string) => void this.#components.set(name, { status, reason });
    return {
      ok: () => set('ok', ''),
      degraded: (reason) => set('degraded', reason),
      down: (reason) => set('down', reason),
    };
  }

  /** The process cannot recover by itself. The first reason stays. */
  fail(reason: string): void {
    this.#failure ??= reason;
  }

  get liveness(): HealthReport {
    return this.#failure === undefined ? { status: 'ok', reasons: [] } : { status: 'down', reasons: [this.#failure] };
  }

  get readiness(): HealthReport {
    if (this.#failure !== undefined) return this.liveness;
    let status: HealthStatus = 'ok';
    const reasons: string[] = [];
    for (const [name, component] of this.#components) {
      if (component.status === 'ok') continue;
      reasons.push(`${name}: ${component.reason}`);
      if (status !== 'down') status = component.status;
    }
    return { status, reasons };
  }
}
