/** ENOSERVICE, ENOMETHOD, EREQUEST, ERPCAUTH: what was asked was wrong (brpc, errno.proto). */
const clientErrors = new Set([1001, 1002, 1003, 1004]);

/** Is the client at fault? All others, also those of the application, are the server's. */
export const isClientError = (code: number): boolean => clientErrors.has(code);
