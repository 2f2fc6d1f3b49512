import { Serialization } from './header.ts';
import { HessianReader } from './hessian.ts';
import { readFastjson, readFastjson2, readKryo } from './other-texts.ts';

/** What the body of a request says. */
export interface Call {
  /** Of the protocol: 2.0.2. */
  version: string;
  service: string;
  serviceVersion: string;
  method: string;
}

/**
 *     dubbo version, path, service version, method, parameter types, one value per parameter, attachments
 *
 * Attachments are read where the serialization is Hessian or JSON; the values of parameters never.
 */
export function readCall(
  serialization: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  attachment: (key: string, value: string) => void,
): Call | null {
  switch (serialization) {
    case Serialization.hessian2:
      return readHessian(bytes, start, end, attachment);
    case Serialization.fastjson:
      return fromTexts(readFastjson(bytes, start, end, attachment));
    case Serialization.fastjson2:
      return fromTexts(readFastjson2(bytes, start, end));
    case Serialization.kryo:
      return fromTexts(readKryo(bytes, start, end));
    default:
      return null;
  }
}

function readHessian(
  bytes: Uint8Array,
  start: number,
  end: number,
  attachment: (key: string, value: string) => void,
): Call | null {
  const reader = new HessianReader(bytes, start, end);
  const call = fromTexts([reader.string(), reader.string(), reader.string(), reader.string()]);
  const parameters = countParameters(reader.string());
  for (let i = 0; i < parameters && reader.ok; i++) reader.skip();
  if (reader.ok) reader.map(attachment);
  return call;
}

function fromTexts([version = '', service = '', serviceVersion = '', method = '']: readonly string[]): Call | null {
  return service === '' || method === '' ? null : { version, service, serviceVersion, method };
}

/** Of a descriptor like `Ljava/lang/String;I[J` (Java VM specification 4.3.2). */
function countParameters(descriptor: string): number {
  return descriptor.match(/\[*(?:L[^;]*;|[BCDFIJSZ])/g)?.length ?? 0;
}
