import { AddressRange } from './address-range.ts';
import { isRequest, type LogRecord } from './log-record.ts';

/** What to show. Values of one option are alternatives; all options must agree. Absent: anything. */
export interface FilterOptions {
  readonly type?: 'flow' | 'request';
  /** `pod`, `namespace/pod`, `namespace/` or the beginning of a pod's name. */
  readonly pod?: readonly string[];
  readonly fromPod?: readonly string[];
  readonly toPod?: readonly string[];
  readonly namespace?: readonly string[];
  readonly service?: readonly string[];
  readonly ip?: readonly string[];
  readonly fromIp?: readonly string[];
  readonly toIp?: readonly string[];
  readonly port?: readonly number[];
  readonly protocol?: readonly string[];
  readonly status?: readonly string[];
  readonly httpMethod?: readonly string[];
  /** Regular expressions over path or resource. */
  readonly httpPath?: readonly string[];
  /** `404`, or `5+` for all that begin with 5. */
  readonly httpStatus?: readonly string[];
}

type Test = (record: LogRecord) => boolean;

/** One test of all options. Throws a `RangeError` or `SyntaxError` for a value that cannot be used. */
export function logFilter(options: FilterOptions): Test {
  const tests: Test[] = [];
  const either = <T>(values: readonly T[] | undefined, test: (record: LogRecord, value: T) => boolean) => {
    if (values && values.length > 0) tests.push((record) => values.some((value) => test(record, value)));
  };
  if (options.type) tests.push((record) => isRequest(record) === (options.type === 'request'));
  either(options.pod, (record, pod) => isPod(record, 'client', pod) || isPod(record, 'server', pod));
  either(options.fromPod, (record, pod) => isPod(record, 'client', pod));
  either(options.toPod, (record, pod) => isPod(record, 'server', pod));
  either(options.namespace, (record, name) => record.client_namespace === name || record.server_namespace === name);
  either(options.service, (record, name) => record.client_service === name || record.server_service === name);
  if (options.ip) tests.push(inRange(options.ip, ({ client_ip, server_ip }) => [client_ip, server_ip]));
  if (options.fromIp) tests.push(inRange(options.fromIp, ({ client_ip }) => [client_ip]));
  if (options.toIp) tests.push(inRange(options.toIp, ({ server_ip }) => [server_ip]));
  either(options.port, (record, port) => record.client_port === port || record.server_port === port);
  either(options.protocol, (record, name) => protocolsOf(record).includes(name.toLowerCase()));
  either(options.status, (record, status) => statusOf(record) === status);
  const http = options.httpMethod ?? options.httpPath ?? options.httpStatus;
  if (http) tests.push((record) => isRequest(record) && /^(http|grpc)/.test(record.protocol));
  either(options.httpMethod, (record, method) => isRequest(record) && record.request_type === method.toUpperCase());
  either(
    options.httpPath?.map((text) => new RegExp(text)),
    (record, path) => isRequest(record) && path.test(record.request_resource ?? ''),
  );
  either(options.httpStatus, (record, wanted) => isRequest(record) && isStatus(record.response_code ?? '', wanted));
  return (record) => tests.every((test) => test(record));
}

/** `response_status` of a request, `status` of a flow. */
export function statusOf(record: LogRecord): string {
  return isRequest(record) ? record.response_status : record.status;
}

function protocolsOf(record: LogRecord): string[] {
  return isRequest(record) ? [record.protocol, record.transport] : [record.protocol, record.l7_protocol ?? ''];
}

function isPod(record: LogRecord, side: 'client' | 'server', wanted: string): boolean {
  const [name, namespace] = wanted.split('/').reverse();
  const pod = record[`${side}_pod`];
  if (pod === undefined || (namespace !== undefined && record[`${side}_namespace`] !== namespace)) return false;
  return pod.startsWith(name);
}

function inRange(texts: readonly string[], addresses: (record: LogRecord) => string[]): Test {
  const range = new AddressRange(texts);
  return (record) => addresses(record).some((address) => range.has(address));
}

function isStatus(code: string, wanted: string): boolean {
  return wanted.endsWith('+') ? code.startsWith(wanted.slice(0, -1)) && code !== '' : code === wanted;
}
