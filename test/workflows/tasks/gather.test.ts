import { asCompleted, gather, wait, type TaskHandle } from '../../../src/workflows/index';
import { TaskHandle as Handle } from '../../../src/workflows/tasks/task-handle';

interface Open<T> {
  readonly handle: TaskHandle<T>;
  end(result: T): void;
  fail(error: Error): void;
}

/** A task that ends when the test says so. */
function open<T = string>(): Open<T> {
  const { promise, resolve, reject } = withResolvers<T>();
  return { handle: new Handle(0, 'queue', promise, () => reject(new Error('cancelled'))), end: resolve, fail: reject };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('gather', () => {
  it('answers the results of a list in its order, however they come', async () => {
    const [a, b] = [open(), open()];
    const results = gather([a.handle, b.handle, Promise.resolve(3)]);
    b.end('b');
    a.end('a');
    expect(await results).toEqual(['a', 'b', 3]);
  });

  it('answers the results of an object by its keys', async () => {
    const a = open();
    a.end('a');
    expect(await gather({ a: a.handle, two: Promise.resolve(2) })).toEqual({ a: 'a', two: 2 });
  });

  it('throws the first error there is, and does not wait for the rest', async () => {
    const [a, b] = [open(), open()];
    const results = gather([a.handle, b.handle]);
    b.fail(new Error('b failed'));
    await expect(results).rejects.toThrow('b failed');
    expect(a.handle.done).toBe(false);
  });

  it('keeps errors among the results if told so', async () => {
    const [a, b] = [open(), open()];
    const results = gather([a.handle, b.handle], { returnExceptions: true });
    b.fail(new Error('b failed'));
    a.end('a');
    expect(await results).toEqual(['a', new Error('b failed')]);
  });

  it('is of the tasks that it was given, whatever becomes of the list', async () => {
    const [a, b, c] = [open(), open(), open()];
    const list = [a.handle, b.handle];
    const results = gather(list);
    list.push(c.handle);
    list.shift();
    a.end('a');
    b.end('b');
    expect(await results).toEqual(['a', 'b']);
  });

  it('of nothing is nothing', async () => {
    expect(await gather([])).toEqual([]);
    expect(await gather({})).toEqual({});
  });

  it('refuses a single handle, and one that was not awaited, with what would be right', async () => {
    const failure = { name: 'InvalidLimitError', type: 'InvalidLimitError', nonRetryable: true };
    await expect(gather(open().handle as never)).rejects.toMatchObject({
      ...failure,
      message: expect.stringMatching(/list or an object of handles or promises.*put a single one into a list/),
    });
    await expect(gather(Promise.resolve([]) as never)).rejects.toMatchObject(failure);
    await expect(gather(undefined as never)).rejects.toMatchObject(failure);
  });
});

describe('gather, wait and asCompleted', () => {
  const waits = [
    ['gather', (tasks: never, options: never) => gather(tasks, options)],
    ['wait', (tasks: never, options: never) => wait(tasks, options)],
    ['asCompleted', async (tasks: never, options: never) => asCompleted(tasks, options)],
  ] as const;

  it.each(waits)('refuse tasks that would be overlooked: %s', async (_name, waitFor) => {
    const task = Promise.resolve(1);
    for (const [tasks, got] of [
      [new Set([task]), 'an instance of Set'],
      [new Map([['a', task]]), 'an instance of Map'],
      [null, 'null'],
    ]) {
      await expect(waitFor(tasks as never, undefined as never)).rejects.toMatchObject({
        type: 'InvalidLimitError',
        message: `Invalid tasks: expected a list or an object of handles or promises, got ${got as string}`,
      });
    }
  });

  it.each(waits)('refuse options that nobody reads: %s', async (name, waitFor) => {
    await expect(waitFor([] as never, { timeOut: '1s' } as never)).rejects.toMatchObject({
      type: 'InvalidLimitError',
      message: expect.stringContaining(`Invalid timeOut: no option of ${name}; did you mean timeout?`),
    });
    await expect(waitFor([] as never, null as never)).rejects.toMatchObject({
      type: 'InvalidLimitError',
      message: 'Invalid options: expected a plain object, got null',
    });
  });

  it('gather takes no text for a yes', async () => {
    await expect(gather([], { returnExceptions: 'no' as never })).rejects.toThrow('expected a boolean, got "no"');
  });
});

describe('wait', () => {
  it('ends at the first end, with what has not ended told apart', async () => {
    const [a, b, c] = [open(), open(), open()];
    const waited = wait([a.handle, b.handle, c.handle], { returnWhen: 'FirstCompleted' });
    b.end('b');
    const { done, notDone } = await waited;
    expect(done).toEqual([b.handle]);
    expect(notDone).toEqual([a.handle, c.handle]);
  });

  it('ends at the first failure, which it does not throw', async () => {
    const [a, b, c] = [open(), open(), open()];
    const waited = wait({ a: a.handle, b: b.handle, c: c.handle }, { returnWhen: 'FirstException' });
    a.end('a');
    c.fail(new Error('c failed'));
    expect(await waited).toEqual({ done: [a.handle, c.handle], notDone: [b.handle] });
  });

  it('ends with the last one, also where it waits for a failure that does not come', async () => {
    const tasks = [Promise.resolve(1), Promise.reject(new Error('no'))];
    expect(await wait(tasks)).toEqual({ done: tasks, notDone: [] });
    const good = [Promise.resolve(1), Promise.resolve(2)];
    expect((await wait(good, { returnWhen: 'FirstException' })).done).toHaveLength(2);
    expect(await wait([])).toEqual({ done: [], notDone: [] });
  });

  it('refuses to wait for what it does not know', async () => {
    await expect(wait([], { returnWhen: 'first_completed' as never })).rejects.toMatchObject({
      type: 'InvalidLimitError',
      message:
        'Invalid returnWhen: expected one of FirstCompleted, FirstException, AllCompleted, got "first_completed"; ' +
        'did you mean FirstCompleted?',
    });
    await expect(wait([], { timeout: 'soon' })).rejects.toMatchObject({ type: 'InvalidLimitError' });
  });
});

describe('asCompleted', () => {
  it('hands out tasks as they end, failed ones too', async () => {
    const [a, b, c] = [open(), open(), open()];
    b.end('b');
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const handle of asCompleted([a.handle, b.handle, c.handle])) {
        seen.push(await handle.result().catch((error: unknown) => error));
        if (seen.length === 1) c.fail(new Error('c failed'));
        if (seen.length === 2) a.end('a');
      }
    })();
    await reading;
    expect(seen).toEqual(['b', new Error('c failed'), 'a']);
  });

  it('hands out handles for promises', async () => {
    for await (const { result } of asCompleted([Promise.resolve(7)])) expect(await result()).toBe(7);
  });

  it('refuses what it cannot wait for when it is called, not when it is read', () => {
    expect(() => asCompleted(7 as never)).toThrow('expected a list or an object of handles or promises, got 7');
  });
});
