import { Batch, RowCopier, requestLog, taggedRequest } from '@flowloom/records';

export type TaggedRequests = Batch<typeof taggedRequest.fields>;
export type RequestLogs = Batch<typeof requestLog.fields>;

const copier = new RowCopier(taggedRequest, requestLog);

/** The request log of each request, in their order. The requests stay the caller's. */
export function requestLogs(
  requests: TaggedRequests,
  into: RequestLogs = new Batch(requestLog, requests.length),
): RequestLogs {
  const first = copier.append(requests, into);
  const { start_us, end_us, duration_us } = into.columns;
  for (let row = first; row < into.length; row++) {
    duration_us.values[row] = Math.max(end_us.values[row] - start_us.values[row], 0);
  }
  return into;
}
