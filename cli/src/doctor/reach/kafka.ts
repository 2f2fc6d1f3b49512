import { topicName, topics } from '@flowloom/records';
import { type BusConfig, openBus } from '@flowloom/service-kit';
import { type Check, type Finding, lacking, ok, skipped } from '../check.ts';

/** The brokers answer, those too that they name as leaders, to this login. */
export function kafkaCheck(config: BusConfig): Check {
  return { name: 'kafka', group: 'reach', run: () => kafka(config) };
}

async function kafka(config: BusConfig): Promise<Finding> {
  if (config.brokers.length === 0) return skipped('KAFKA_BROKERS is not set: the bus is inside the process');
  const bus = await openBus(config, { clientId: 'flowloom-doctor', onEvent: () => {} });
  const topic = topicName(topics.flowsRaw, config.topicPrefix);
  try {
    const partitions = await bus.partitions(topic);
    await bus.endOffsets(topic);
    return ok(`${config.brokers.join(', ')}; ${topic} has ${partitions} partitions`);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === 'TOPIC_UNKNOWN') return ok(`${config.brokers.join(', ')}; ${topic} will be made`);
    return lacking(message, remedyOf(config));
  } finally {
    await bus.close();
  }
}

function remedyOf({ kafkaTls, kafkaTlsCaFile, kafkaTlsCertificateFile, kafkaSaslMechanism }: BusConfig): string {
  const hints = [
    'see that KAFKA_BROKERS and what they advertise (advertised.listeners) can be reached from here',
    kafkaTls
      ? `that ${kafkaTlsCaFile || 'NODE_EXTRA_CA_CERTS'} has their authority`
      : 'FLOWLOOM_KAFKA_TLS=true where they speak TLS',
    ...(kafkaTls && !kafkaTlsCertificateFile
      ? ['FLOWLOOM_KAFKA_TLS_CERTIFICATE_FILE and _KEY_FILE where they ask for a certificate']
      : []),
    kafkaSaslMechanism === 'none'
      ? 'FLOWLOOM_KAFKA_SASL_MECHANISM where they ask for a login'
      : 'that the login is right',
  ];
  return hints.join('; ');
}
