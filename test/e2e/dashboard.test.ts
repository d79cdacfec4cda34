import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { listen, type RunningDashboard } from '../../src/batch/dashboard/serve-dashboard';
import type { SetView } from '../../src/batch/dashboard/views';
import { ResourceLimit } from '../../src/index';
import { limiterId } from '../../src/workflows/limiter/protocol';
import { runCommand, startCommand } from '../support/batch-command';
import { findChromium } from '../support/chromium';
import { type FakeLimitsAdmin, inspectedLimit, inspectionOf } from '../support/fake-limits-admin';
import { manySets, showcase } from '../support/showcase-sets';
import { TemporalForTests } from '../support/temporal';
import { until } from '../support/until';

const ROOT = resolve(__dirname, '../..');
const TOKEN = 'a-token-of-the-test';
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Where the screenshots of the documents go, if they are wanted. */
const SCREENSHOTS = process.env['DOCS_SCREENSHOTS'];
const PICTURES = ['sets-light', 'set-dark', 'set-phone', 'why-light', 'health-light'];
const PICTURE_HEIGHT = 1_200;
/** Of 100. Less blurs the letters. */
const PICTURE_QUALITY = 70;
const PAGES = {
  sets: '#/',
  set: '#/set/openai-eu',
  why: '#/why?set=openai-eu',
  health: '#/health',
} as const;
/** What each page shows once it has its data. */
const SHOWN: Readonly<Record<keyof typeof PAGES, string>> = {
  sets: 'bedrock-claude',
  set: 'Longest wait',
  why: 'input_tokens has no room',
  health: 'Needs attention',
};

const executablePath = findChromium();
const describeInBrowser = executablePath === undefined ? describe.skip : describe;

describeInBrowser(
  `the pages${executablePath === undefined ? ' (skipped: no Chromium here; CHROMIUM names one)' : ''}`,
  () => {
    let browser: Browser;
    let admin: FakeLimitsAdmin;
    let dashboard: RunningDashboard;
    /** What a page complained of, or asked elsewhere. */
    const complaints: string[] = [];

    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    });
    beforeEach(async () => {
      await serve(showcase(Date.now()));
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      await dashboard.close();
      expect(complaints.splice(0)).toEqual([]);
    });
    afterAll(() => browser.close());

    async function serve(source: FakeLimitsAdmin): Promise<void> {
      admin = source;
      const ping = () => admin.ping();
      const options = { port: 0, address: 'localhost:7233', mayChange: true, token: TOKEN };
      dashboard = await listen({ admin, ping }, 'production', options);
    }

    async function open(hash: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.on('console', (message) => {
        // a browser notes each answer of 401 or 503 as an error
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(base())) complaints.push(`asked for ${request.url()}`);
      });
      await page.goto(`${base()}/${hash}`);
      return page;
    }

    const base = (): string => new URL(dashboard.url).origin;

    test.each([
      ['light', DESKTOP],
      ['dark', DESKTOP],
      ['light', PHONE],
    ] as const)('every page, %s, on a screen of %j', async (colorScheme, viewport) => {
      const page = await open(PAGES.sets, { colorScheme, viewport });
      for (const [name, hash] of Object.entries(PAGES)) {
        await page.goto(`${base()}/${hash}`);
        await page
          .getByText(SHOWN[name as keyof typeof PAGES])
          .first()
          .waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
        expect(await violations(page)).toEqual([]);
        if (SCREENSHOTS) await takePicture(page, `${name}-${viewport === PHONE ? 'phone' : colorScheme}`, viewport);
      }
    });

    test('a change is seen by itself, in the overview and on the page of the set', async () => {
      const [sets, set] = [await open(PAGES.sets), await open('#/set/reports-export')];
      const row = sets.getByRole('row', { name: /^reports-export/ });
      await row.getByText('Serving').waitFor();
      await set.getByText('0 acquisitions waiting').waitFor();
      const at = Date.now();
      admin.sets.set('reports-export', inspectionOf('reports-export', { at, waiting: 77, waitingSince: at }));
      await Promise.all([row.getByText('77').waitFor(), set.getByText('77 acquisitions waiting').waitFor()]);
    });

    test('an operator pauses a set with the token, which leaves the address bar, and resumes it', async () => {
      const page = await open(new URL(dashboard.url).hash);
      expect(page.url()).not.toContain(TOKEN);
      await page.getByRole('link', { name: 'crm-api' }).click();
      await page.getByRole('button', { name: 'Pause' }).click();
      const dialog = page.getByRole('dialog', { name: 'Pause this set' });
      await dialog.getByLabel('Reason').fill('a test');
      await dialog.getByLabel('Your name').fill('ann');
      await dialog.getByRole('button', { name: 'Pause' }).click();
      await page.getByText(/^Done: paused until/).waitFor();
      expect(admin.sets.get('crm-api')?.control.pause).toMatchObject({ by: 'ann', reason: 'a test' });
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
      await page.getByText('Done: resumed.').waitFor();
      expect(admin.sets.get('crm-api')?.control.pause).toBeUndefined();
    });

    test('a set is drained, and the page says when nothing is in use', async () => {
      const crm = admin.sets.get('crm-api')!;
      const connections = (started: number) => inspectedLimit('connections', { kind: 'resource', started });
      admin.sets.set('crm-api', { ...crm, limits: [connections(2)] });
      const page = await open(new URL(dashboard.url).hash);
      await page.getByRole('link', { name: 'crm-api' }).click();
      await page.getByRole('button', { name: 'Drain' }).click();
      await page.getByRole('dialog', { name: 'Drain this set' }).getByRole('button', { name: 'Drain' }).click();
      await page.getByText('Done: paused.').waitFor();
      await page.getByText('Still in use: connections 2.').waitFor();
      const paused = admin.sets.get('crm-api')!;
      expect(paused.control.pause).not.toHaveProperty('until');
      admin.sets.set('crm-api', { ...paused, limits: [connections(0)] });
      await page.getByText('Drained: nothing is in use.').waitFor();
      expect(await violations(page)).toEqual([]);
    });

    test('a capacity is changed, and reset', async () => {
      const page = await open(new URL(dashboard.url).hash);
      await page.getByRole('link', { name: 'crm-api' }).click();
      await page.getByRole('button', { name: 'Change a capacity' }).click();
      await page.getByRole('spinbutton').fill('4');
      await page.getByRole('button', { name: 'Change', exact: true }).click();
      await page.getByText('Done: call 10 → 4.').waitFor();
      expect(admin.sets.get('crm-api')?.limits[0]).toMatchObject({ capacity: 4, source: 'operator' });
      await page.getByRole('button', { name: 'Reset call' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
      await page.getByText('Done: call 4 → 10.').waitFor();
      expect(admin.sets.get('crm-api')?.control.capacity).toEqual({});
    });

    test('who has no token is asked for it, and nothing has changed', async () => {
      const page = await open('#/set/crm-api');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      const asked = page.getByRole('dialog', { name: 'This action needs the token' });
      await asked.waitFor();
      await page.keyboard.press('Escape');
      await asked.waitFor({ state: 'hidden' });
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await asked.getByRole('button', { name: 'Cancel' }).click();
      await asked.waitFor({ state: 'hidden' });
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await asked.getByLabel('Token').fill(TOKEN);
      expect(admin.sets.get('crm-api')?.control.revision).toBe(0);
      await asked.getByRole('button', { name: 'Continue' }).click();
      await asked.waitFor({ state: 'hidden' });
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await page.getByText(/^Done: paused until/).waitFor();
    });

    test('a Temporal that is away is said to be, what was known stays, and it recovers by itself', async () => {
      const page = await open(PAGES.set);
      await page.getByText('Served next').waitFor();
      admin.isAway = true;
      await page.getByText('Temporal does not answer at localhost:7233.').waitFor();
      await page.getByText(/What you see is as of \d\d:\d\d:\d\d\. Trying again/).waitFor();
      await page.getByText('Not live').waitFor();
      expect(await page.getByText('Served next').isVisible()).toBe(true);
      admin.isAway = false;
      await page.getByText('Temporal does not answer').waitFor({ state: 'hidden' });
      await page.getByText('Live', { exact: true }).waitFor();
    });

    test('of a thousand sets only the first page is asked for, and the others are a click away', async () => {
      await dashboard.close();
      await serve(manySets(1_000));
      const page = await open(PAGES.sets);
      await page.getByRole('link', { name: 'customer-0024' }).waitFor();
      expect(new Set(admin.asked).size).toBe(25);
      await page.getByRole('link', { name: 'Next' }).click();
      await page.getByRole('link', { name: 'customer-0049' }).waitFor();
      await page.getByPlaceholder('Find a set').fill('0999');
      await page.getByRole('link', { name: 'customer-0999' }).waitFor();
      await page.getByText('customer-0049').waitFor({ state: 'hidden' });
    });

    test('a name is text, whatever it has in it', async () => {
      const name = '<img src=x onerror=alert(1)>/../?#%\u202e\u009b';
      const shown = '<img src=x onerror=alert(1)>/../?#%\\u202e\\u009b';
      admin.sets.set(
        name,
        inspectionOf(name, {
          control: { revision: 1, capacity: {}, log: [], pause: { by: name, reason: name, at: 0 } },
        }),
      );
      const page = await open(PAGES.sets);
      await page.getByRole('link', { name: shown }).click();
      await page.getByRole('heading', { name: shown }).waitFor();
      await page.getByText('Paused', { exact: true }).waitFor();
      await page.goto(`${base()}/${PAGES.health}`);
      await page.getByText(`Paused by ${shown}`).waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    });

    test('the keyboard reaches the content first, and every page from there', async () => {
      const page = await open(PAGES.sets);
      await page.getByText(SHOWN.sets).waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      await page.getByRole('link', { name: 'Health' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
    });
  },
);

test('an address that is taken is refused, and what would be right is said', async () => {
  const admin = showcase(0);
  const source = { admin, ping: () => admin.ping() };
  const first = await listen(source, 'default', { port: 0, address: 'localhost:7233' });
  const port = Number(new URL(first.url).port);
  await expect(listen(source, 'default', { port, address: 'localhost:7233' })).rejects.toThrow(
    `the dashboard cannot listen at 127.0.0.1:${port}: something else does; pass --port`,
  );
  await first.close();
});

test.each([
  [['--data-converter', 'nowhere.js'], /^--data-converter must be .*nowhere\.js/],
  [['--token', 'too-short'], /at least 16 letters, digits/],
])('the command refuses %j, and says what would be right', async (args, message) => {
  const { code, stderr } = await runCommand(['dashboard', '--port', '0', ...args], {});
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

describe('the command', () => {
  let temporal: TemporalForTests;

  beforeAll(async () => {
    temporal = await TemporalForTests.start();
    await temporal.host();
  });
  afterAll(() => temporal.stop());

  test('shows a limiter without a trace in its history, changes it with the token, and tells no secret', async () => {
    const [name, secret] = [randomUUID(), 'sk-planted-secret'];
    const limits = [new ResourceLimit({ key: 'connections', capacity: 1 })];
    const set = temporal.set({ name, config: { apiKey: secret }, limits });
    const slot = await set.acquire();
    const waits = set.acquire();
    const { server } = temporal;
    const command = startCommand(['dashboard', '--port', '0', '--allow-changes', '--token', TOKEN], {
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: server.namespace,
    });
    const [printed] = (await once(command.process.stdout!, 'data')) as [string];
    const { origin, hash } = new URL(printed.trim());
    expect(hash).toBe(`#token=${TOKEN}`);
    const texts: string[] = [];
    const ask = async (
      path: string,
      init: RequestInit = {},
    ): Promise<{ readonly status: number; readonly json: unknown }> => {
      const response = await fetch(`${origin}/${path}`, init);
      const text = await response.text();
      texts.push(text);
      return { status: response.status, json: JSON.parse(text) as unknown };
    };
    const look = async () => (await ask(`api/set?name=${name}`)).json as SetView;

    await until('the waiting one is seen', async () => (await look()).inspection?.waiting === 1);
    // a limiter's own clients go on, and write into its history too
    const hasLeftATrace = async () => {
      const history = await temporal.client.workflow.getHandle(limiterId(name)).fetchHistory();
      return JSON.stringify(history).includes(`"${command.process.pid}@`);
    };
    expect(await look()).toMatchObject({ state: 'waiting', why: { cause: 'PERMITS', limit: 'connections' } });
    expect((await ask('api/overview')).json).toMatchObject({
      sets: 1,
      rows: [{ set: name, fullest: { limit: 'connections', taken: 1 } }],
    });
    expect((await ask('api/health')).json).toMatchObject({ sets: 1 });
    expect(await hasLeftATrace()).toBe(false);

    const pause = { action: 'pause', set: name, options: { reason: 'a test', by: 'ann' } };
    const request = (headers: Readonly<Record<string, string>>) =>
      ask('api/change', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(pause),
      });
    expect((await request({})).status).toBe(401);
    expect((await request({ authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    await until('the pause is seen', async () => (await look()).state === 'paused');
    expect(await hasLeftATrace()).toBe(true);
    await temporal.client.workflow.getHandle(limiterId(name)).terminate();
    await slot.release();
    await waits.catch(() => undefined);
    expect(texts.join()).not.toContain(secret);
    command.process.kill('SIGTERM');
    expect((await command.ended).code).toBe(0);
  });
});

/** Those that the documents show; a long page is cut off. */
async function takePicture(page: Page, name: string, { width }: { readonly width: number }): Promise<void> {
  if (!PICTURES.includes(name)) return;
  const path = resolve(ROOT, SCREENSHOTS ?? '', `dashboard-${name}.webp`);
  const height = Number(await page.evaluate('document.querySelector("main").getBoundingClientRect().bottom'));
  await page.screenshot({
    path,
    // a third of a PNG, which counts in the npm package
    type: 'webp',
    quality: PICTURE_QUALITY,
    fullPage: true,
    clip: { x: 0, y: 0, width, height: Math.min(height, PICTURE_HEIGHT) },
  });
}

/** What axe finds: colours without contrast, parts without a name, roles that do not fit. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`,
  );
}
