import { type Client } from '@temporalio/client';
import { Answering } from '../../src/batch/operate/answering';
import { type Session } from '../../src/batch/operate/session';
import { SetAdmin } from '../../src/client/admin/set-admin';
import { type ChangeOutcome, type ChangeRequest } from '../../src/limiter/control/change';
import { type Control, UNCHANGED } from '../../src/limiter/control/control';
import { type Inspection } from '../../src/limiter/control/inspection';
import { NoLimiterError } from '../../src/limiter/errors/limiter-errors';

/** When everything is looked at. */
export const AT = Date.UTC(2026, 0, 31, 9, 0);

/** A set whose tokens are half used, and in which nobody waits. */
export function anInspection(own: Partial<Inspection> = {}): Inspection {
  return {
    set: 'openai-eu',
    at: AT,
    version: 3,
    limits: [
      {
        ...{ key: 'input_tokens', kind: 'rate', algorithm: 'TokenBucket', windowMs: 60_000 },
        ...{ defined: 1_000, capacity: 1_000, source: 'code', started: 500, granted: 200, free: 300, wanted: 0 },
      },
    ],
    waiting: 0,
    turnedAway: 0,
    control: UNCHANGED,
    numClients: 0,
    clients: [],
    history: [],
    ...own,
  };
}

/** What a change of nothing but the log comes to. */
export function anOutcome(action: ChangeRequest['action'], after: Partial<Control> = {}): ChangeOutcome {
  const entry = { by: 'anna@desk', reason: '', at: AT, revision: 1, action };
  return { before: UNCHANGED, after: { revision: 1, capacity: {}, log: [entry], ...after }, capacities: {} };
}

/** A set that shows what it is given, and keeps what is asked of it. */
export class FakeSet extends SetAdmin {
  readonly requests: ChangeRequest[] = [];

  constructor(
    private readonly shows: Inspection | Error,
    private readonly outcome: ChangeOutcome = anOutcome('pause'),
    name = shows instanceof Error ? 'silent' : shows.set,
  ) {
    super(name);
  }

  protected async look(): Promise<Inspection> {
    if (this.shows instanceof Error) throw this.shows;
    return this.shows;
  }

  protected async change(request: ChangeRequest): Promise<ChangeOutcome> {
    if (this.shows instanceof Error) throw this.shows;
    this.requests.push(request);
    return this.outcome;
  }
}

/** A namespace in which the limiters of these sets run. */
export function fakeSession(sets: readonly SetAdmin[], client: object = {}): Session {
  const runStartedAt = new Date(AT - 65_000).toISOString();
  return {
    client: {
      options: { namespace: 'default' },
      withDeadline: (_: number, call: () => unknown) => call(),
      ...client,
    } as unknown as Client,
    address: 'localhost:7233',
    namespace: 'default',
    admin: {
      list: async () => sets.map(({ set }) => ({ set, runStartedAt, taskQueue: 'temporal-limits' })),
      set: (name) => sets.find(({ set }) => set === name) ?? new FakeSet(new NoLimiterError(name), undefined, name),
      whyWorkflow: async () => Promise.all(sets.map((set) => set.why())),
    },
  };
}

/** Commands in that namespace, and what they print and end with. */
export function answeringFor(session: Session, isTTY = false) {
  const printed = { stdout: '', stderr: '', code: undefined as number | undefined };
  let press: (keys: Buffer) => void = () => undefined;
  const answering = new Answering({
    withSession: (_, act) => act(session),
    stdout: { isTTY, columns: 80, rows: 24, write: (text) => (printed.stdout += text) },
    stderr: { write: (text) => (printed.stderr += text) },
    stdin: {
      isTTY,
      setRawMode: () => undefined,
      on: (_, listener) => (press = listener),
      off: () => (press = () => undefined),
      resume: () => undefined,
      pause: () => undefined,
    },
    exit: (code) => (printed.code = code),
  });
  return { answering, printed, press: (key: string) => press(Buffer.from(key)) };
}
