import type { Scenario } from '../lib/scenario.ts';
import { java } from './java.ts';
import { proxies } from './proxies.ts';
import { runtimes } from './runtimes.ts';
import { stores } from './stores.ts';
import { tls } from './tls.ts';

export const scenarios: readonly Scenario[] = [...proxies, ...runtimes, ...java, ...stores, ...tls];
