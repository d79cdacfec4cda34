import { Client, Pool, type PoolConfig } from 'pg';
import type { LimitSet } from 'temporal-limits';

/**
 * A pool as `pg` makes it, whose every connection holds a permit of `limits` for as long as it is open, in use or idle:
 * all such pools together, in however many processes, never have more connections open than there are permits.
 *
 * Set `idleTimeoutMillis` and `maxUses`: what is closed now and then goes to whichever process has waited longest.
 */
export function sharedPool(limits: LimitSet, config: PoolConfig): Pool {
  class PermittedClient extends Client {
    override connect(): Promise<Client>;
    override connect(callback: (error?: Error) => void): void;
    override connect(callback?: (error?: Error) => void): Promise<Client> | undefined {
      const connected = this.#connect();
      if (callback === undefined) return connected;
      connected.then(() => callback(), callback);
      return undefined;
    }

    async #connect(): Promise<Client> {
      const permit = await limits.acquire({ timeout: '1 minute' });
      // told by the client after the server has closed the connection, also when it never came about
      this.once('end', () => void permit.release());
      // the permit is somebody else's by now
      permit.signal.addEventListener('abort', () => void this.end());
      return super.connect();
    }
  }
  return new Pool({ ...config, Client: PermittedClient });
}
