import { WorkflowNotFoundError } from '@temporalio/client';
import { reachedAt } from '../../../src/batch/dashboard/access';
import { dashboardApp } from '../../../src/batch/dashboard/dashboard-app';
import type { OverviewView, SetView } from '../../../src/batch/dashboard/views';
import { manySets } from '../../support/showcase-sets';
import { FakeLimitsAdmin, historyOf, inspectedLimit, inspectionOf } from '../../support/fake-limits-admin';

const TOKEN = 'a-token-of-the-test';
const HOST = 'localhost:7240';
const ALLOWED = ['limits.example.com', 'Other.example.com:8443', 'usual.example.com:443'];
const SECRET = 'sk-planted-secret';

interface Given {
  readonly host?: string;
  readonly mayChange?: boolean;
  readonly isLoopback?: boolean;
}

function dashboard({ host = '127.0.0.1', mayChange = false, isLoopback = true }: Given = {}, admin = busyAdmin()) {
  const app = dashboardApp({
    admin,
    ping: () => admin.ping(),
    access: { ...reachedAt(host, ALLOWED), isLoopback, mayChange, token: TOKEN },
    about: { address: 'temporal:7233', namespace: 'here', ui: 'http://localhost:8233' },
    assets: new Map([['/', { type: 'text/html; charset=utf-8', body: '<p>pages</p>' }]]),
  });
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    app.request(`http://${HOST}${path}`, { headers: { host: HOST, ...headers } });
  const read = async <T>(path: string): Promise<T> => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    return (await response.json()) as T;
  };
  const change = (body: unknown, headers: Readonly<Record<string, string>> = { authorization: `Bearer ${TOKEN}` }) =>
    app.request(`http://${HOST}/api/change`, {
      method: 'POST',
      headers: { host: HOST, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, admin, ask, read, change };
}

function busyAdmin(): FakeLimitsAdmin {
  const at = Date.now();
  return new FakeLimitsAdmin(
    inspectionOf('busy', {
      at,
      limits: [inspectedLimit('call', { started: 90, granted: 10, wanted: 5 })],
      waiting: 5,
      waitingSince: at - 3_000,
      next: { client: 'c-1', amounts: { call: 1 }, waitingSince: at - 3_000, priority: 0, bindingLimit: 'call' },
      clients: Array.from({ length: 30 }, (_, i) => ({ id: `c-${i}`, inUse: {}, waiting: 0, heardAt: at })),
      history: historyOf(at, { call: 100 }),
    }),
    inspectionOf('idle'),
  );
}

describe('whom it answers', () => {
  test.each([HOST, '127.0.0.1:9', '[::1]:7240', 'LOCALHOST', 'limits.example.com', 'other.example.com:8443'])(
    'by the name %s',
    async (host) => {
      expect((await dashboard().ask('/', { host })).status).toBe(200);
    },
  );

  test.each(['evil.example.com', 'localhost.evil.example.com:7240', '', '10.0.0.1:7240'])(
    'not by the name %p, which is none of its own: 403',
    async (host) => {
      for (const path of ['/', '/api/overview']) expect((await dashboard().ask(path, { host })).status).toBe(403);
    },
  );

  test.each(['http://evil.example.com', 'http://localhost:7241', 'null'])('not a page of %s: 403', async (origin) => {
    const { ask, change } = dashboard({ mayChange: true });
    expect((await ask('/api/overview', { origin })).status).toBe(403);
    expect((await change({}, { origin, authorization: `Bearer ${TOKEN}` })).status).toBe(403);
    expect((await ask('/api/overview', { origin: `http://${HOST}` })).status).toBe(200);
  });

  test.each(['https://limits.example.com', 'https://other.example.com:8443', 'https://usual.example.com'])(
    'a page of %s, where a proxy shows it, whatever Host it passes on',
    async (origin) => {
      expect((await dashboard().ask('/api/overview', { origin })).status).toBe(200);
      const { change } = dashboard({ mayChange: true });
      const headers = { origin, authorization: `Bearer ${TOKEN}` };
      expect((await change({ action: 'pause', set: 'busy', options: {} }, headers)).status).toBe(200);
    },
  );

  test.each(['https://limits.example.com:444', 'https://other.example.com', 'https://limits.example.com.evil.org'])(
    'not a page of %s, which only resembles such a place: 403',
    async (origin) => {
      expect((await dashboard().ask('/api/overview', { origin })).status).toBe(403);
    },
  );

  test.each(['https://limits.example.com', 'limits.example.com/', 'a:b', '', 'fe80::1'])(
    'a further name is refused that is none: %p',
    (name) => {
      expect(() => reachedAt('127.0.0.1', [name])).toThrow('--allow-host takes a name, and a port if');
    },
  );

  test.each(['/', '/api/about', '/nowhere'])('%s runs no script but its own, and in no frame', async (path) => {
    const { headers } = await dashboard().ask(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('the token', () => {
  const pause = { action: 'pause', set: 'busy', options: {} };

  test('a dashboard that may not change answers 405, token or not', async () => {
    const { change, app, admin } = dashboard();
    const response = await change(pause);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      for (const path of ['/', '/api/set', '/api/change']) {
        expect((await app.request(path, { method, headers: { host: HOST } })).status).toBe(405);
      }
    }
    expect(admin.sets.get('busy')?.control.revision).toBe(0);
  });

  test.each([{}, { authorization: 'Bearer wrong' }, { authorization: TOKEN }, { authorization: `Basic ${TOKEN}` }])(
    'a change with %j needs it: 401',
    async (headers) => {
      const { change, admin } = dashboard({ mayChange: true });
      const response = await change(pause, headers);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(admin.sets.get('busy')?.control.revision).toBe(0);
    },
  );

  test('a look from this machine needs none, one from others does', async () => {
    expect((await dashboard({ mayChange: true }).ask('/api/overview')).status).toBe(200);
    const open = dashboard({ isLoopback: false });
    expect((await open.ask('/')).status).toBe(200);
    for (const path of ['/api/about', '/api/overview', '/api/set?name=busy', '/api/health', '/api/why?set=busy']) {
      expect((await open.ask(path)).status).toBe(401);
      expect((await open.ask(path, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    }
  });

  test('it is in no answer', async () => {
    const { ask, change } = dashboard({ mayChange: true });
    const answers = [await ask('/'), await ask('/api/about'), await change(pause), await change(pause, {})];
    for (const answer of answers) {
      expect(`${await answer.text()}${JSON.stringify([...answer.headers])}`).not.toContain(TOKEN);
    }
  });
});

describe('what it shows', () => {
  test('the overview has a row for each set', async () => {
    const view = await dashboard().read<OverviewView>('/api/overview');
    expect(view).toMatchObject({ sets: 2, found: 2, page: 0, pages: 1 });
    expect(view.rows.map(({ set, state }) => [set, state])).toEqual([
      ['busy', 'waiting'],
      ['idle', 'serving'],
    ]);
    expect(view.rows[0]).toMatchObject({
      fullest: { limit: 'call', taken: 1 },
      source: 'code',
      waiting: 5,
      waitingMs: 3_000,
    });
    expect(view.rows[0]?.lastHour).toHaveLength(60);
  });

  test('of a thousand sets it asks only those that it shows', async () => {
    const names = Array.from({ length: 1_000 }, (_, i) => `set-${String(i).padStart(4, '0')}`);
    const { read, admin } = dashboard({}, new FakeLimitsAdmin(...names.map((name) => inspectionOf(name))));
    const third = await read<OverviewView>('/api/overview?page=2');
    expect(third).toMatchObject({ sets: 1_000, page: 2, pages: 40 });
    expect(third.rows.map(({ set }) => set)).toEqual(names.slice(50, 75));
    expect(await read<OverviewView>('/api/overview?find=T-099')).toMatchObject({ found: 10, pages: 1 });
    expect(await read<OverviewView>('/api/overview?page=-5&find=')).toMatchObject({ page: 0 });
    expect(await read<OverviewView>('/api/overview?page=99999')).toMatchObject({ page: 39 });
    expect(new Set(admin.asked).size).toBe(25 + 25 + 25);
  });

  test('however many look, a limiter is asked once', async () => {
    const { read, admin } = dashboard();
    await Promise.all(Array.from({ length: 10 }, () => read('/api/overview')));
    expect(admin.asked).toEqual(['busy', 'idle']);
  });

  test('a set has its inspection, its last hour, and why it waits', async () => {
    const { read, admin } = dashboard();
    const view = await read<SetView>('/api/set?name=busy');
    expect(view).toMatchObject({
      state: 'waiting',
      why: { cause: 'LIMIT', limit: 'call' },
      inspection: { nextClient: 20 },
    });
    expect(view.lastHour?.at).toHaveLength(60);
    expect(view.inspection).not.toHaveProperty('history');
    // one look for all of it: what stands beside each other is of one moment
    expect(admin.asked).toEqual(['busy']);
    const next = await read<SetView>('/api/set?name=busy&first=20');
    expect(next.inspection?.clients.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `c-${i + 20}`));
    expect(await read<SetView>('/api/set?name=idle')).not.toHaveProperty('why');
  });

  test('of a limiter that does not answer it shows why', async () => {
    const { read, admin } = dashboard();
    admin.unanswered.add('dead');
    expect(await read<SetView>('/api/set?name=dead')).toMatchObject({
      state: 'unanswered',
      why: { cause: 'UNHOSTED' },
    });
    const { rows } = await read<OverviewView>('/api/overview');
    expect(rows.find(({ set }) => set === 'dead')).toMatchObject({ state: 'unanswered', lastHour: [] });
    expect(await read('/api/health')).toMatchObject({
      sets: 3,
      findings: [{ set: 'dead', check: 'limiters', status: 'wrong' }],
    });
  });

  test('why a set or a workflow waits', async () => {
    const { read } = dashboard();
    const answers = [{ set: 'busy', cause: 'LIMIT' }];
    expect(await read('/api/why?set=busy')).toMatchObject({ answers });
    expect(await read('/api/why?workflow=order-1')).toMatchObject({ answers });
  });

  test('of nothing it says what it needs', async () => {
    const response = await dashboard().ask('/api/why');
    expect([response.status, await response.json()]).toEqual([
      400,
      { kind: 'refused', message: 'Name a set or a workflow.' },
    ]);
  });

  test('of a workflow that does not exist it says so', async () => {
    const { ask, admin } = dashboard();
    jest.spyOn(admin, 'whyWorkflow').mockRejectedValue(new WorkflowNotFoundError('not found', 'order-1', undefined));
    const response = await ask('/api/why?workflow=order-1');
    expect([response.status, await response.json()]).toEqual([
      404,
      { kind: 'refused', message: 'No workflow has this id.' },
    ]);
  });

  test('where limiters take long, it says what is known so far', async () => {
    jest.useFakeTimers();
    try {
      const { ask, admin } = dashboard({}, manySets(60));
      const slow = 'customer-0030';
      const { set } = admin;
      jest.spyOn(admin, 'set').mockImplementation((name) => {
        const real = set.call(admin, name);
        if (name === slow) jest.spyOn(real, 'inspect').mockReturnValue(new Promise(() => undefined));
        return real;
      });
      jest.spyOn(admin, 'whyWorkflow').mockReturnValue(new Promise(() => undefined));
      const asked = [ask('/api/health'), ask('/api/why?workflow=order-1'), ask(`/api/set?name=${slow}`)];
      await jest.advanceTimersByTimeAsync(2_000);
      const [health, why, slowSet] = await Promise.all(asked.map(async (each) => (await each).json()));
      expect(health).toMatchObject({ sets: 60, looked: 25 });
      expect(why).toEqual({});
      expect(slowSet).toMatchObject({ state: 'asking' });
    } finally {
      jest.useRealTimers();
    }
  });

  test('a Temporal that is away is said to be, with 503', async () => {
    const { ask, admin } = dashboard();
    admin.isAway = true;
    for (const path of [
      '/api/overview',
      '/api/set?name=busy',
      '/api/health',
      '/api/why?set=busy',
      '/api/why?workflow=a',
    ]) {
      const response = await ask(path);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ kind: 'away', message: 'Temporal does not answer at temporal:7233.' });
    }
    expect((await ask('/api/about')).status).toBe(200);
  });

  test('the text of an error that is not of this package is not passed on', async () => {
    const { ask, admin } = dashboard();
    jest.spyOn(admin, 'whyWorkflow').mockRejectedValue(new Error(`${SECRET} did not work`));
    const response = await ask('/api/why?workflow=order-1');
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain(SECRET);
  });

  test('there is no other page', async () => {
    const { ask } = dashboard();
    for (const path of ['/nowhere', '/api/nowhere', '/../package.json', '/main.js.map'])
      expect((await ask(path)).status).toBe(404);
  });
});

describe('what it changes', () => {
  const options = { reason: 'they cut us', by: 'ann', for: '1h' };

  test('a change is made, and seen with the next look', async () => {
    const { change, read } = dashboard({ mayChange: true });
    await read('/api/set?name=busy');
    const response = await change({ action: 'set', set: 'busy', options, capacity: { call: 50 } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ capacities: { call: { before: 100, after: 50 } } });
    const { inspection } = await read<SetView>('/api/set?name=busy');
    expect(inspection?.limits[0]).toMatchObject({ capacity: 50, source: 'operator' });
    expect(inspection?.control.log).toMatchObject([
      { action: 'set', by: 'ann', reason: 'they cut us', capacity: { call: 50 } },
    ]);
  });

  test.each([
    { action: 'pause', set: 'busy', options },
    { action: 'resume', set: 'busy', options: {} },
    { action: 'reset', set: 'busy', options: {}, keys: ['call'] },
    { action: 'forget', set: 'busy', options: {}, client: 'c-1' },
  ])('$action', async (request) => {
    const { change, admin } = dashboard({ mayChange: true });
    await change({ action: 'pause', set: 'busy', options: {} });
    await change({ action: 'set', set: 'busy', options: {}, capacity: { call: 50 } });
    expect((await change(request)).status).toBe(200);
    expect(admin.sets.get('busy')?.control.log.at(-1)).toMatchObject({ revision: 3, action: request.action });
  });

  test.each([
    ['no JSON', '{', 'The change: '],
    ['an unknown action', { action: 'explode', set: 'busy', options: {} }, 'action: '],
    ['a field too many', { action: 'pause', set: 'busy', options: {}, capacity: {} }, 'The change: '],
    [
      'a capacity that is no number',
      { action: 'set', set: 'busy', options: {}, capacity: { call: '9' } },
      'capacity.call: ',
    ],
    ['a time without a unit', { action: 'pause', set: 'busy', options: { for: '1' } }, 'options.for: It must be'],
    [
      'a reason that is too long',
      { action: 'pause', set: 'busy', options: { reason: 'x'.repeat(201) } },
      'options.reason: ',
    ],
  ])('%s is refused with the reason', async (_, body, begin) => {
    const { change, admin } = dashboard({ mayChange: true });
    const response = await change(body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { message: string }).message).toMatch(new RegExp(`^${begin}`));
    expect(admin.sets.get('busy')?.control.revision).toBe(0);
  });

  test('a change that the limiter does not answer may still be made: 504', async () => {
    const { change, admin } = dashboard({ mayChange: true });
    admin.unanswered.add('dead');
    const response = await change({ action: 'pause', set: 'dead', options: {} });
    expect(response.status).toBe(504);
    const message = expect.stringContaining('it does not answer') as unknown;
    expect(await response.json()).toEqual({ kind: 'unanswered', message });
  });

  test('a change that is too large is not read', async () => {
    const { change } = dashboard({ mayChange: true });
    expect((await change('x'.repeat(20_000))).status).toBe(413);
  });

  test('a set that was changed meanwhile keeps what it has: 409', async () => {
    const { change } = dashboard({ mayChange: true });
    const pause = { action: 'pause', set: 'busy', options: { ifRevision: 0 } };
    expect((await change(pause)).status).toBe(200);
    const second = await change(pause);
    expect(second.status).toBe(409);
    const message = expect.stringContaining('the set is at 1, not 0') as unknown;
    expect(await second.json()).toMatchObject({ kind: 'refused', message });
  });
});
