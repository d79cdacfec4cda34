import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serveDocs } from '../../scripts/support/serve-docs';
import { findChromium } from '../support/chromium';

const ROOT = path.resolve(__dirname, '../..');
const PHONE = { width: 390, height: 844 };

let site: string;

beforeAll(() => {
  site = mkdtempSync(path.join(tmpdir(), 'temporal-limits-docs-'));
  // fails on the first warning
  execFileSync('npx', ['typedoc', '--out', site], { cwd: ROOT, stdio: 'pipe' });
});

afterAll(() => {
  rmSync(site, { recursive: true });
});

/** Where a page leads on the site, pictures and scripts included. */
const linksOf = (html: string): string[] =>
  [...html.matchAll(/\s(?:href|src)="(?!https?:|data:)([^"]*)"/g)].map(([, link = '']) => decodeURI(link));

test('every link of the site leads to a file and an anchor of the site', () => {
  const pages = (readdirSync(site, { recursive: true }) as string[]).filter((name) => name.endsWith('.html'));
  const text = new Map(pages.map((page) => [page, readFileSync(path.join(site, page), 'utf8')]));
  const anchors = new Map(
    [...text].map(([page, html]) => [page, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id))]),
  );
  const leadsNowhere = (page: string, link: string): boolean => {
    const [file = '', anchor = ''] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    return !existsSync(path.join(site, target)) || (anchor !== '' && anchors.get(target)?.has(anchor) === false);
  };
  const dead = [...text].flatMap(([page, html]) =>
    linksOf(html)
      .filter((link) => leadsNowhere(page, link))
      .map((link) => `${page}: ${link}`),
  );
  expect(pages.length).toBeGreaterThan(100);
  expect(dead).toEqual([]);
});

test('no page leads to a document in another form than its page of the site', () => {
  expect(readdirSync(path.join(site, 'media')).filter((name) => /\.(md|ts)$/.test(name))).toEqual([]);
});

const executablePath = findChromium();
const describeInBrowser = executablePath === undefined ? describe.skip : describe;

describeInBrowser(
  `on a phone${executablePath === undefined ? ' (skipped: no Chromium here; CHROMIUM names one)' : ''}`,
  () => {
    let browser: Browser;
    let page: Page;
    let server: Awaited<ReturnType<typeof serveDocs>>;

    beforeAll(async () => {
      server = await serveDocs(site, 0);
      browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
      page = await browser.newPage({ viewport: PHONE, reducedMotion: 'reduce' });
    });
    afterAll(async () => {
      await browser.close();
      server.close();
    });

    test.each([
      ['index.html', 'temporal-limits - v'],
      ['documents/Limits_and_units.html', 'Limits and units'],
      ['classes/temporal-limits.LimitSet.html', 'Class LimitSet<Config, Key>'],
    ])('%s has one title', async (file, title) => {
      await page.goto(server.url + file);
      const shown = await page.getByRole('heading', { level: 1 }).allTextContents();
      expect(shown).toEqual([expect.stringContaining(title)]);
    });

    test.each([
      ['index.html', 'LimitsPlugin'],
      ['documents/Limits_and_units.html', 'windowSeconds'],
      ['documents/Benchmarks.html', 'p99'],
      ['classes/temporal-limits.LimitSet.html', 'tryAcquire'],
      ['functions/temporal-limits_worker.limited.html', 'requested'],
    ])('%s is as wide as the screen', async (file, shown) => {
      await page.goto(server.url + file);
      await page.getByText(shown).first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    });

    test('the search finds a class', async () => {
      await page.goto(server.url);
      await page.getByRole('button', { name: 'Search' }).click();
      await page.getByRole('combobox').fill('LimitPool');
      await page.getByRole('option', { name: 'LimitPool' }).first().click();
      await page.getByRole('heading', { name: 'Class LimitPool' }).waitFor();
    });
  },
);
