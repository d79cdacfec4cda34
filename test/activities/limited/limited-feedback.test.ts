import { MockActivityEnvironment } from '@temporalio/testing';
import { limited, type LimitedOptions } from '../../../src/activities/index';
import { CallLimit, LimitSet } from '../../../src/index';
import { Acquisition } from '../../../src/acquire/set/acquisition';

const ERROR = Object.assign(new Error('not found'), { status: 404 });
const limits = new LimitSet({
  name: 'heard',
  limits: [new CallLimit({ windowSeconds: 1, capacity: 10 })],
  mode: 'memory',
});
afterAll(() => limits.close());

/** What a set hears of an activity that returns a status, or throws an error with one. */
async function heard(feedback: LimitedOptions<[], object>['feedback'], isServed: boolean) {
  const answers = jest.spyOn(Acquisition.prototype, 'observe');
  const outcomes = jest.spyOn(Acquisition.prototype, 'observeOutcome');
  const body = (): object => {
    if (!isServed) throw ERROR;
    return { status: 201 };
  };
  await new MockActivityEnvironment().run(limited(body, { limits: () => limits, feedback })).catch(() => undefined);
  const all = { answers: answers.mock.calls.flat(), outcomes: outcomes.mock.calls.flat() };
  jest.restoreAllMocks();
  return all;
}

test('an activity tells nothing by itself', async () => {
  expect(await heard(undefined, false)).toEqual({ answers: [], outcomes: [] });
});

test('what it came to is no answer: it may have left calls under way', async () => {
  expect(await heard(true, true)).toEqual({ answers: [], outcomes: [{ status: 200 }] });
  expect(await heard(true, false)).toEqual({ answers: [], outcomes: [ERROR] });
});

test('what a function makes of that is one', async () => {
  expect(await heard((outcome) => outcome, true)).toEqual({ answers: [{ status: 201 }], outcomes: [] });
  expect(await heard((outcome) => outcome, false)).toEqual({ answers: [ERROR], outcomes: [] });
  expect(await heard(() => undefined, true)).toEqual({ answers: [], outcomes: [] });
});

test('what it promises to make of that is none, and its rejection ends no process', async () => {
  const rejections: unknown[] = [];
  const hear = (reason: unknown): void => void rejections.push(reason);
  process.on('unhandledRejection', hear);
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  expect(await heard(() => Promise.reject(new Error('late')), true)).toEqual({ answers: [], outcomes: [] });
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  warned.mockRestore();
  expect(rejections).toEqual([]);
});
