import Bottleneck from 'bottleneck';
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { CallLimit, LimitSet } from '../../src/index';
import { joinTemporal } from '../support/temporal';

/** Who shares one limit between processes. */
export type LimiterName = 'temporal-limits' | 'bottleneck + Redis' | 'rate-limiter-flexible + Redis';

/** Where it is kept, and what it is called there. */
export interface Place {
  readonly limiter: LimiterName;
  /** Of the Temporal server, or the URL of a Redis. */
  readonly address: string;
  readonly name: string;
}

/** One acquisition, from the request to the release. Resolves when it has been granted. */
type Acquire = () => Promise<unknown>;

/** More than any run uses up. */
const PER_SECOND = 1e8;

/** Opens a process's way to the limit. */
export function open({ limiter, address, name }: Place): Promise<Acquire> {
  switch (limiter) {
    case 'temporal-limits':
      return openTemporal(address, name);
    case 'bottleneck + Redis':
      return openBottleneck(address, name);
    case 'rate-limiter-flexible + Redis':
      return openFlexible(address, name);
  }
}

async function openTemporal(address: string, name: string): Promise<Acquire> {
  const temporal = await joinTemporal({ address, namespace: 'default' });
  const limits = [new CallLimit({ windowSeconds: 1, capacity: PER_SECOND })];
  const set = new LimitSet({ name, mode: 'temporal', client: temporal.newClient(), limits });
  return async () => {
    const slot = await set.acquire();
    void slot.release();
  };
}

async function openBottleneck(address: string, name: string): Promise<Acquire> {
  const connection = new Bottleneck.IORedisConnection({ client: new Redis(address) });
  const limiter = new Bottleneck({
    ...{ id: name, connection, reservoir: PER_SECOND },
    ...{ reservoirRefreshAmount: PER_SECOND, reservoirRefreshInterval: 1_000 },
  });
  await limiter.ready();
  return () => limiter.schedule(() => Promise.resolve());
}

async function openFlexible(address: string, name: string): Promise<Acquire> {
  const limiter = new RateLimiterRedis({ storeClient: new Redis(address), points: PER_SECOND, duration: 1 });
  return () => limiter.consume(name);
}
