let isSilenced = false;

/**
 * kafkajs computes a pause that may be negative, sets a timer with it, and Node 24 warns of that once per process
 * (TimeoutNegativeWarning). The pause is meant to be none, so this one warning, from there alone, is dropped.
 */
export function silenceNegativeTimeouts(): void {
  if (isSilenced) return;
  isSilenced = true;
  const emitWarning = process.emitWarning as (warning: string | Error, ...rest: unknown[]) => void;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    const isKafkajs = rest[0] === 'TimeoutNegativeWarning' && new Error().stack?.includes('kafkajs');
    if (!isKafkajs) emitWarning.call(process, warning, ...rest);
  };
}
