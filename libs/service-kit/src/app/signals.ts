/** SIGTERM and SIGINT, from now until `stopListening`. */
export interface Signals {
  /** Aborted by the first signal; the second one ends the process at once. */
  readonly abort: AbortSignal;
  /** Resolves at the first signal. */
  readonly first: Promise<void>;
  stopListening(): void;
}

export function listenForSignals(): Signals {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    controller.abort();
    resolve();
  };
  const names = ['SIGTERM', 'SIGINT'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    abort: controller.signal,
    first: promise,
    stopListening: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
