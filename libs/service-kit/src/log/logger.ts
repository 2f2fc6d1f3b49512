import { context, isSpanContextValid, trace } from '@opentelemetry/api';
import pino, { type Logger } from 'pino';
import type { ProcessConfig } from '../config/common.ts';
import { prettyLine } from './pretty.ts';

/**
 * Logs of the process, on standard error so that standard output stays free for data: one JSON object a line, or text
 * for people on a terminal. Written synchronously, so that nothing is lost at an exit.
 */
export function createLogger({ logLevel, logFormat }: ProcessConfig): Logger {
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stderr.isTTY);
  const destination = pino.destination({ fd: 2, sync: true });
  const target = isPretty ? { write: (line: string) => void destination.write(prettyLine(line)) } : destination;
  const formatters = { level: (level: string) => ({ level }) };
  return pino(
    { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters, mixin: spanIds },
    target,
  );
}

function spanIds(): object {
  const span = trace.getSpanContext(context.active());
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}
