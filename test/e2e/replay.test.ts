import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { Sync } from '../../src/limiter/protocol/wire';

const directory = path.join(__dirname, '../histories');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
/** Type of the event with which a run ends that continues as new. */
const CONTINUED_AS_NEW = 28;

interface RecordedEvent {
  readonly eventType: number;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { name: string } };
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityType: { name: string };
    readonly taskQueue: { readonly name: string };
    readonly scheduleToStartTimeout?: { readonly seconds?: number };
  };
  readonly activityTaskCompletedEventAttributes?: { readonly result?: Payloads };
  readonly workflowExecutionSignaledEventAttributes?: { readonly input?: Payloads };
}

interface Payloads {
  readonly payloads?: { data?: string }[];
}

interface RecordedHistory {
  readonly events: readonly RecordedEvent[];
}

const read = (file: string): RecordedHistory =>
  JSON.parse(readFileSync(path.join(directory, file), 'utf8')) as RecordedHistory;

/** The syncs of a history, changed in place. */
function eachSync(history: RecordedHistory, change: (sync: Partial<Sync>) => void): void {
  for (const {
    workflowExecutionSignaledEventAttributes: signal,
    activityTaskCompletedEventAttributes: reply,
  } of history.events)
    for (const payload of [...(signal?.input?.payloads ?? []), ...(reply?.result?.payloads ?? [])]) {
      const told = jsonOf(payload.data);
      if (typeof told !== 'object' || told === null || !Array.isArray((told as Partial<Sync>).used)) continue;
      change(told);
      payload.data = Buffer.from(JSON.stringify(told)).toString('base64');
    }
}

/** Nothing for what is no JSON. */
function jsonOf(data = ''): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString());
  } catch {
    return undefined;
  }
}

/** The same history with processes that tell so of their calls: how long after their start they had been answered, if at all. */
function withAnswers(history: RecordedHistory, ms: number | null): RecordedHistory {
  eachSync(history, (sync) => Object.assign(sync, { answered: sync.used?.map(() => ms) }));
  return history;
}

/** How many of the rows tell so. */
function answersIn(histories: readonly RecordedHistory[]): number {
  let answers = 0;
  const count = ({ answered }: Partial<Sync>): void =>
    void (answers += answered?.filter((ms) => ms !== null).length ?? 0);
  for (const history of histories) eachSync(history, count);
  return answers;
}

let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../support/recorded-workflows'),
    logger: new DefaultLogger('ERROR'),
  });
});

/** What the workflow code of today would do otherwise than was recorded, by file. */
async function differences(histories: Readonly<Record<string, RecordedHistory>>): Promise<(string | undefined)[]> {
  const runs = Object.entries(histories).map(([workflowId, history]) => ({ workflowId, history }));
  const found: (string | undefined)[] = [];
  for await (const { error, workflowId } of Worker.runReplayHistories({ workflowBundle }, runs)) {
    found.push(error && `${workflowId}: ${error.message}`);
  }
  return found;
}

describe('the workflow code', () => {
  it('does what every recorded run did', async () => {
    const histories = Object.fromEntries(files.map((file) => [file, read(file)]));
    expect(await differences(histories)).toEqual(files.map(() => undefined));
  });

  it('has been recorded over several runs, so that some begin with a snapshot', () => {
    const ends = files.map((file) => read(file).events.at(-1)?.eventType);
    expect(ends.filter((type) => type === CONTINUED_AS_NEW).length).toBeGreaterThanOrEqual(3);
  });

  it('has been recorded in workflows that acquire, and in limiters that tell them so and ask what became of them', () => {
    const texts = files.map((file) => JSON.stringify(read(file)));
    for (const what of ['recordedCaller', 'recordedHolder', 'limits.push', 'limitsProbe']) {
      expect(texts.some((text) => text.includes(`"${what}"`))).toBe(true);
    }
  });

  it('has been recorded in workflows that route their activities, and that queue them', () => {
    const types = files.map((file) => read(file).events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name);
    expect(types).toEqual(expect.arrayContaining(['recordedRouting', 'recordedTasks', 'recordedPatience']));
  });

  it('has been recorded where a call waited 15 seconds at each set for a worker, and then at the first for one to come', () => {
    const { events } = read(files.find((file) => file.startsWith('recorded-patience')) ?? '');
    const calls = events.flatMap(({ activityTaskScheduledEventAttributes: call }) => (call ? [call] : []));
    expect(calls.map((call) => [call.taskQueue.name, call.scheduleToStartTimeout?.seconds ?? 0])).toEqual([
      ['late', 15],
      ['deserted', 15],
      ['late', 0],
    ]);
    expect(events.filter((event) => event.activityTaskCompletedEventAttributes)).toHaveLength(1);
  });

  it('goes on without answers in a run of an earlier release, which did not hear of them', async () => {
    const limiters = files.filter((file) => file.startsWith('limiter'));
    const answered = Object.fromEntries(limiters.map((file) => [file, withAnswers(read(file), 5)]));
    expect(await differences(answered)).toEqual(limiters.map(() => undefined));
    expect(answersIn(Object.values(answered))).toBeGreaterThan(10);
  });

  it('has been recorded where calls are answered, and would do otherwise if they were not', async () => {
    const limiters = files.filter((file) => file.startsWith('recorded-answers'));
    expect(answersIn(limiters.map(read))).toBeGreaterThan(3);
    const unanswered = Object.fromEntries(limiters.map((file) => [file, withAnswers(read(file), null)]));
    expect(await differences(unanswered)).toContainEqual(expect.stringContaining('recorded-answers'));
  });

  it('would be found out if it did something else', async () => {
    const history = read(files[0] ?? '');
    const push = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    push!.activityTaskScheduledEventAttributes!.activityType.name = 'somethingElse';
    expect(await differences({ changed: history })).toEqual([expect.stringContaining('somethingElse')]);
  });
});
