import type { Status } from '../../session/exchange.ts';

/** ServerError of PulsarApi.proto: those that are the server's own fault. */
const serverErrors = new Set([0, 1, 2, 6, 7, 11, 15, 20, 21, 25]);

export const statusOfError = (error: number): Status => (serverErrors.has(error) ? 'server_error' : 'client_error');
