import { expect, test } from 'vitest';
import { closeTypes } from './close-type.ts';
import { Exchange } from './testing/exchange.ts';

/** One scripted exchange per way in which a TCP connection ends (DESIGN 4, after DeepFlow's documentation). */
const endings: [closeType: string, how: string, script: (wire: Exchange) => unknown][] = [
  ['normal', 'client closes first', (w) => w.handshake().client('FA').server('FA').client('A').wait(1)],
  ['normal', 'server closes first', (w) => w.handshake().server('FA').client('FA').server('A').wait(1)],
  ['normal', 'last ACK was not captured', (w) => w.handshake().client('FA').server('FA').wait(7)],
  ['server_rst', 'server resets', (w) => w.handshake().client('PA', { len: 10 }).server('R').wait(40)],
  ['timeout', 'silence after the handshake', (w) => w.handshake().wait(302)],
  ['periodic', 'still open at the end of input', (w) => w.handshake().client('PA', { len: 1 })],
  ['server_syn_missing', 'SYN without answer', (w) => w.client('S').wait(7)],
  ['server_half_close', 'only the client closes', (w) => w.handshake().client('FA').server('A').wait(7)],
  ['client_half_close', 'only the server closes', (w) => w.handshake().server('FA').client('A').wait(7)],
  ['client_rst', 'client resets', (w) => w.handshake().client('PA', { len: 10 }).server('A').client('R').wait(40)],
  ['client_ack_missing', 'SYN-ACK without ACK', (w) => w.client('S').server('SA').wait(7)],
  ['client_port_reuse', 'SYN answered by a bare ACK', (w) => w.client('S').server('A').client('R').wait(7)],
  ['server_direct_rst', 'SYN refused', (w) => w.client('S').server('RA').wait(7)],
  [
    'server_queue_overflow',
    'SYN-ACK again after the handshake',
    (w) => w.handshake().server('SA', { seq: 5000 }).wait(302),
  ],
  [
    'server_queue_overflow',
    'SYN-ACKs, then RST',
    (w) =>
      w
        .handshake()
        .client('PA', { len: 5 })
        .server('SA', { seq: 5000 })
        .server('SA', { seq: 5000 })
        .server('SA', { seq: 5000 })
        .server('R')
        .wait(40),
  ],
  ['client_other_rst', 'client resets before SYN-ACK', (w) => w.client('S').client('R').wait(7)],
  ['server_other_rst', 'server resets after SYN-ACK', (w) => w.client('S').server('SA').server('R').wait(7)],
  ['client_rst_normal', 'health check', (w) => w.client('S').server('SA').client('R').wait(7)],
  ['client_rst_normal', 'health check with ACK', (w) => w.handshake().client('RA').wait(40)],
  ['unknown', 'SYN and FIN at once', (w) => w.client('SF').wait(7)],
];

test.each(endings)('%s: %s', (closeType, _how, script) => {
  const wire = new Exchange();
  script(wire);
  const flow = wire.finish();
  expect(flow.close_type).toBe(closeType);
});

test('every close type is reached by one of these exchanges', () => {
  expect(new Set(endings.map(([closeType]) => closeType))).toEqual(new Set(closeTypes));
});

test('a client that resets after good answers has ended normally', () => {
  const wire = new Exchange();
  wire.handshake().client('PA', { len: 10 });
  wire.table.addRequest(wire.table.slot);
  wire.server('PA', { len: 20 });
  wire.table.addResponse(wire.table.slot, 'ok', 1000);
  wire.client('R').wait(40);
  expect(wire.finish().close_type).toBe('client_rst_normal');
});

test('a client that resets after an error answer has not', () => {
  const wire = new Exchange();
  wire.handshake().client('PA', { len: 10 });
  wire.table.addRequest(wire.table.slot);
  wire.server('PA', { len: 20 });
  wire.table.addResponse(wire.table.slot, 'server_error', 1000);
  wire.client('R').wait(40);
  expect(wire.finish().close_type).toBe('client_rst');
});
