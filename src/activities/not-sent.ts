import { errorChain } from './error-chain';

/** Codes that Node and undici give an attempt that ended before there was a connection. */
const BEFORE_CONNECTING = new Set(['ECONNREFUSED', 'EAI_AGAIN', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT']);

/** Codes that say so only of the system call that makes the connection. */
const WHILE_CONNECTING = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether an error shows that the request never left: what it asked for cannot have been used. */
export function showsNothingWasSent(error: unknown): boolean {
  for (const { code, syscall } of errorChain(error)) {
    if (typeof code !== 'string') continue;
    if (BEFORE_CONNECTING.has(code) || (WHILE_CONNECTING.has(code) && syscall === 'connect')) return true;
  }
  return false;
}
