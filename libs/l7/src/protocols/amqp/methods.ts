/** What a method is to the exchange (AMQP 0-9-1 section 1.4 and RabbitMQ's extensions). */
export interface Method {
  /** `Queue.Declare` */
  readonly name: string;
  readonly role: 'request' | 'response' | 'oneWay';
  /** Number of the request in the same class that a response answers. */
  readonly answers: number;
  /** Content header and body follow. */
  readonly hasContent: boolean;
  /** Arguments that are read, in order: see readArguments. */
  readonly args: string;
}

/**
 * Classes with their methods: number, name, arguments up to the last one of interest. S short string, L long string,
 * 2 4 8 bytes passed over, b bits in one byte, T table; E exchange, K routing key, Q queue, C consumer tag, D delivery tag,
 * V virtual host, R reply code, X reply text (short strings but for R and D).
 */
const classes: Record<number, [name: string, methods: string]> = {
  10: [
    'Connection',
    '10 Start|11 StartOk|20 Secure|21 SecureOk|30 Tune|31 TuneOk|40 Open V|41 OpenOk|50 Close RX|51 CloseOk|60 Blocked|61 Unblocked|70 UpdateSecret|71 UpdateSecretOk',
  ],
  20: ['Channel', '10 Open|11 OpenOk|20 Flow|21 FlowOk|40 Close RX|41 CloseOk'],
  30: ['Access', '10 Request|11 RequestOk'],
  40: [
    'Exchange',
    '10 Declare 2ESb|11 DeclareOk|20 Delete 2Eb|21 DeleteOk|30 Bind 2ESKb|31 BindOk|40 Unbind 2ESKb|51 UnbindOk',
  ],
  50: [
    'Queue',
    '10 Declare 2Qb|11 DeclareOk Q|20 Bind 2QEKb|21 BindOk|30 Purge 2Qb|31 PurgeOk|40 Delete 2Qb|41 DeleteOk|50 Unbind 2QEK|51 UnbindOk',
  ],
  60: [
    'Basic',
    '10 Qos|11 QosOk|20 Consume 2QCb|21 ConsumeOk|30 Cancel Cb|31 CancelOk|40 Publish 2EK|50 Return RXEK|60 Deliver CDbEK|70 Get 2Q|71 GetOk DbEK|72 GetEmpty|80 Ack Db|90 Reject D|100 RecoverAsync|110 Recover|111 RecoverOk|120 Nack Db',
  ],
  85: ['Confirm', '10 Select b|11 SelectOk'],
  90: ['Tx', '10 Select|11 SelectOk|20 Commit|21 CommitOk|30 Rollback|31 RollbackOk'],
};

const oneWay = new Set([
  'Publish',
  'Return',
  'Deliver',
  'Ack',
  'Reject',
  'Nack',
  'RecoverAsync',
  'Blocked',
  'Unblocked',
]);
const withContent = new Set(['Publish', 'Return', 'Deliver', 'GetOk']);
const table = new Map<number, Method>();

for (const [number, [className, list]] of Object.entries(classes)) {
  for (const entry of list.split('|')) {
    const [id, name, args = ''] = entry.split(' ');
    const isAnswer = /(Ok|Empty)$/.test(name);
    const answers = name === 'GetEmpty' ? 70 : name === 'UnbindOk' && className === 'Exchange' ? 40 : Number(id) - 1;
    table.set(keyOf(Number(number), Number(id)), {
      name: `${className}.${name}`,
      role: isAnswer ? 'response' : oneWay.has(name) ? 'oneWay' : 'request',
      answers,
      hasContent: withContent.has(name),
      args,
    });
  }
}

export function keyOf(classId: number, methodId: number): number {
  return classId * 1024 + methodId;
}

export const methodOf = (classId: number, methodId: number): Method | undefined => table.get(keyOf(classId, methodId));

/** The bit `no-wait`, in the bits of those requests that have one. */
const noWaitBits: Record<string, number> = {
  'Exchange.Declare': 16,
  'Exchange.Delete': 2,
  'Exchange.Bind': 1,
  'Exchange.Unbind': 1,
  'Queue.Declare': 16,
  'Queue.Bind': 1,
  'Queue.Purge': 1,
  'Queue.Delete': 4,
  'Basic.Consume': 8,
  'Basic.Cancel': 1,
  'Confirm.Select': 1,
};
export const wantsNoAnswer = (method: Method, bits: number): boolean => (bits & (noWaitBits[method.name] ?? 0)) !== 0;
