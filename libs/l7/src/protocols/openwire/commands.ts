/** Commands by data type (org.apache.activemq.command.CommandTypes). */
const names: Record<number, string> = {
  1: 'WireFormatInfo',
  2: 'BrokerInfo',
  3: 'ConnectionInfo',
  4: 'SessionInfo',
  5: 'ConsumerInfo',
  6: 'ProducerInfo',
  7: 'TransactionInfo',
  8: 'DestinationInfo',
  9: 'RemoveSubscriptionInfo',
  10: 'KeepAliveInfo',
  11: 'ShutdownInfo',
  12: 'RemoveInfo',
  14: 'ControlCommand',
  15: 'FlushCommand',
  16: 'ConnectionError',
  17: 'ConsumerControl',
  18: 'ConnectionControl',
  19: 'ProducerAck',
  20: 'MessagePull',
  21: 'MessageDispatch',
  22: 'MessageAck',
  23: 'Message',
  24: 'BytesMessage',
  25: 'MapMessage',
  26: 'ObjectMessage',
  27: 'StreamMessage',
  28: 'TextMessage',
  29: 'BlobMessage',
  30: 'Response',
  31: 'ExceptionResponse',
  32: 'DataResponse',
  33: 'DataArrayResponse',
  34: 'IntegerResponse',
  90: 'MessageDispatchNotification',
};

export const commandName = (type: number): string | undefined => names[type];

export const WIRE_FORMAT_INFO = 1;
export const BROKER_INFO = 2;
export const CONSUMER_INFO = 5;
export const MESSAGE_ACK = 22;
export const EXCEPTION_RESPONSE = 31;

export const isResponse = (type: number): boolean => type >= 30 && type <= 34;
export const isMessage = (type: number): boolean => type >= 23 && type <= 29;
/** Commands whose first field is an id and whose second is a destination. */
export const hasDestination = (type: number): boolean =>
  isMessage(type) || type === CONSUMER_INFO || type === 6 || type === 8 || type === 20 || type === 21 || type === 90;
