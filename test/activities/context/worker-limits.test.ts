import { waitingFor } from '../../../src/activities/context/worker-limits';
import { CallLimit, LimitPool, LimitSet, ResourceLimit } from '../../../src/index';

describe('what an activity tells that waits for limits that have no room', () => {
  const connections = (name: string): LimitSet =>
    new LimitSet({ name, shared: false, limits: [new ResourceLimit({ key: 'connections', capacity: 2 })] });

  it('names the limit, what is needed, what is free, and how many wait', async () => {
    const set = connections('api');
    const holders = [await set.acquire(), await set.acquire({ requested: { connections: 1 } })];
    await holders.pop()!.release();
    const waiting = [set.acquire({ requested: { connections: 2 } }), set.acquire({ requested: { connections: 2 } })];
    expect(waitingFor(set).waitingForLimits).toBe(
      'there is no room yet: the first of 2 that wait here needs 2 of "connections" (capacity 2), where 1 is free',
    );
    await holders.pop()!.release();
    await (await waiting[0])!.release();
    await (await waiting[1])!.release();
    expect(waitingFor(set).waitingForLimits).toBe('there is no room yet');
  });

  it('names every limit that has no room, and the set where there are several', async () => {
    const limits = [
      new ResourceLimit({ key: 'connections', capacity: 1 }),
      new CallLimit({ windowSeconds: 60, capacity: 1 }),
    ];
    const busy = new LimitSet({ name: 'busy', shared: false, limits });
    const holder = await busy.acquire();
    const abort = new AbortController();
    const waiting = busy.acquire({ signal: abort.signal });
    const pool = new LimitPool({ limitSets: [busy, connections('idle')] });
    expect(waitingFor(pool).waitingForLimits).toMatch(
      /^there is no room yet: in "busy", the first of 1 .* needs 1 of "connections" \(capacity 1\), where 0 is free; and 1 of "call_count" \(capacity 1\), where 0 is free, expected in /,
    );
    await expect(busy.acquire({ timeout: 0 })).rejects.toMatchObject({
      ...{ limit: 'connections', others: [{ limit: 'call_count', needed: 1, capacity: 1, free: 0 }] },
      message: expect.stringContaining(
        '; and 1 of "call_count" (capacity 1), where 0 was free, behind 1 other, expected in ',
      ),
    });
    abort.abort(new Error('given up'));
    await expect(waiting).rejects.toThrow('given up');
    await holder.release();
  });
});
