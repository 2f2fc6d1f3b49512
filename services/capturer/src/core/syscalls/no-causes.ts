import type { CauseLinker } from './process-request.ts';

/** Links nothing. */
export const noCauses: CauseLinker = {
  event: () => {},
  requestStarts: () => {},
  responseStarts: () => {},
  completes: () => {},
  tick: () => {},
};
