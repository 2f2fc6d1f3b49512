import type { Protocol } from '../../protocol.ts';
import { MqttConversation } from './conversation.ts';
import { detect } from './detect.ts';

/** MQTT 3.1, 3.1.1 and 5. */
export const mqtt: Protocol = {
  name: 'mqtt',
  transports: ['tcp'],
  ports: [1883],
  detect,
  create: (context) => new MqttConversation(context),
};
