import { describe, expect, it } from 'vitest';
import { flowStatus } from './status.ts';

/** close_type and status as DeepFlow's server maps them (its numbers in front). */
describe('flowStatus', () => {
  it.each([
    ['normal', 'ok'], // 1
    ['periodic', 'ok'], // 5
    ['server_half_close', 'ok'], // 8
    ['client_half_close', 'ok'], // 11
    ['client_rst_normal', 'ok'], // 20
    ['client_rst', 'client_error'], // 9
    ['client_ack_missing', 'client_error'], // 10
    ['client_port_reuse', 'client_error'], // 13
    ['client_other_rst', 'client_error'], // 18
    ['server_rst', 'server_error'], // 2
    ['timeout', 'server_error'], // 3
    ['server_syn_missing', 'server_error'], // 7
    ['server_direct_rst', 'server_error'], // 15
    ['server_queue_overflow', 'server_error'], // 17
    ['server_other_rst', 'server_error'], // 19
    ['unknown', 'unknown'], // 0
  ])('calls a TCP flow that ends by %s %s', (closeType, status) => {
    expect(flowStatus(closeType, 'tcp')).toBe(status);
  });

  it('takes silence for the normal end of what is not TCP', () => {
    expect(flowStatus('timeout', 'udp')).toBe('ok');
    expect(flowStatus('server_rst', 'udp')).toBe('unknown');
  });
});
