export { KafkaBus } from './kafka-bus.ts';
export type { KafkaBusOptions, KafkaCompression } from './kafka-options.ts';
