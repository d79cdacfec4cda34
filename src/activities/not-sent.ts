import { errorChain } from './error-chain';

/** Codes that Node and undici give an attempt that ended before there was a connection. */
const BEFORE_CONNECTING = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

/** Codes that say so only of the system call that makes the connection. */
const WHILE_CONNECTING = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Whether an error, or one of its causes, shows that no connection was made (`ECONNREFUSED`, `ENOTFOUND`, `EAI_AGAIN`, a
 * timeout while connecting): whatever was asked for cannot have been used. It knows nothing of requests that were made
 * before the one that failed.
 */
export function showsNothingWasSent(error: unknown): boolean {
  for (const { code, syscall } of errorChain(error)) {
    if (typeof code !== 'string') continue;
    if (BEFORE_CONNECTING.has(code) || (WHILE_CONNECTING.has(code) && syscall === 'connect')) return true;
  }
  return false;
}
