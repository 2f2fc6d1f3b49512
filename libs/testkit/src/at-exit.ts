const waiting = new Set<() => void>();

/**
 * Runs something when this process ends, however that comes about but by SIGKILL: what a test has started shall not outlive it.
 * The function that is returned takes it back.
 */
export function atExit(run: () => void): () => void {
  if (waiting.size === 0) process.on('exit', runAll);
  waiting.add(run);
  return () => {
    waiting.delete(run);
    if (waiting.size === 0) process.off('exit', runAll);
  };
}

function runAll(): void {
  for (const run of waiting) run();
}
