import type { Status } from '../../session/exchange.ts';

/** Codes below 0 are those of Tars itself (Tars, "Return codes"); others are the application's. */
const names: Record<number, string> = {
  [-1]: 'TARSSERVERDECODEERR',
  [-2]: 'TARSSERVERENCODEERR',
  [-3]: 'TARSSERVERNOFUNCERR',
  [-4]: 'TARSSERVERNOSERVANTERR',
  [-5]: 'TARSSERVERRESETGRID',
  [-6]: 'TARSSERVERQUEUETIMEOUT',
  [-7]: 'TARSASYNCCALLTIMEOUT',
  [-8]: 'TARSPROXYCONNECTERR',
  [-9]: 'TARSSERVEROVERLOAD',
  [-10]: 'TARSADAPTERNULL',
  [-11]: 'TARSINVOKEBYINVALIDESET',
  [-12]: 'TARSCLIENTDECODEERR',
  [-99]: 'TARSSERVERUNKNOWNERR',
};

export const codeName = (code: number): string => (code === 0 ? '' : (names[code] ?? ''));

export function classOf(code: number): Status {
  if (code === 0) return 'ok';
  return code <= -10 && code >= -12 ? 'client_error' : 'server_error';
}
