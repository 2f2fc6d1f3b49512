import { spawnSync } from 'node:child_process';

const INSIDE = 'LAB_OWN_NETWORK';

/**
 * Runs this program again in a network namespace of its own, where nothing but the laboratory sends anything, and ends
 * with its exit code; returns at once inside.
 */
export function enterOwnNetwork(): void {
  if (process.env[INSIDE]) return;
  const script = 'ip link set lo up && exec "$@"';
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const { status, error } = spawnSync('unshare', ['--net', 'sh', '-c', script, 'sh', ...again], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  if (error) throw error;
  process.exit(status ?? 1);
}
