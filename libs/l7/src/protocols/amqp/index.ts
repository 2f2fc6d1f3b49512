import type { Protocol } from '../../protocol.ts';
import { detect10 } from '../amqp1/detect.ts';
import { detect } from './detect.ts';
import { AmqpVersions } from './versions.ts';

/** AMQP 0-9-1, as RabbitMQ speaks it, and the quite different AMQP 1.0. */
export const amqp: Protocol = {
  name: 'amqp',
  transports: ['tcp'],
  ports: [5672],
  detect: (bytes, start, end, direction, wireEnd) =>
    detect(bytes, start, end, direction, wireEnd) || detect10(bytes, start, end),
  create: (context) => new AmqpVersions(context),
};
