/**
 * How soon a browser shows what it is asked for: the overview of 1,000 sets, anew each time, and what has changed in a set
 * while five pages are open, each of which asks when it likes. Fails if one takes longer than is promised. Needs a Chromium.
 *
 *   npm run build && npx tsx bench/dashboard.ts [file for the results]
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { listen } from '../src/batch/dashboard/serve-dashboard';
import { findChromium } from '../test/support/chromium';
import { inspectionOf } from '../test/support/fake-limits-admin';
import { manySets } from '../test/support/showcase-sets';
import { report } from './support/report';

const SETS = 1_000;
const VISITS = 10;
const [WATCHERS, CHANGES] = [5, 12];
/** In which a page has asked at least once. Unit: milliseconds. */
const ROUND_MS = 2_000;
/** What is promised. Unit: milliseconds. */
const [PAINTED_WITHIN_MS, SEEN_WITHIN_MS] = [1_000, 3_000];
const LAST_ROW = 'customer-0024';

async function main(executablePath: string, path?: string): Promise<void> {
  const admin = manySets(SETS);
  const dashboard = await listen({ admin, ping: () => admin.ping() }, 'bench', { port: 0, address: 'localhost:7233' });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const paintMs: number[] = [];
  const rowsMs: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const { context, page } = await open(browser, dashboard.url);
    await page.getByRole('link', { name: LAST_ROW }).waitFor();
    rowsMs.push(await page.evaluate<number>('performance.now()'));
    paintMs.push(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
    await context.close();
  }
  const pages: Page[] = [];
  for (let watcher = 0; watcher < WATCHERS; watcher += 1) {
    await sleep(ROUND_MS / WATCHERS);
    pages.push((await open(browser, `${dashboard.url}#/set/${LAST_ROW}`)).page);
  }
  const seenMs: number[] = [];
  for (let change = 0; change < CHANGES; change += 1) {
    await sleep(randomInt(ROUND_MS));
    const waiting = 1_000 + change;
    const at = Date.now();
    admin.sets.set(LAST_ROW, inspectionOf(LAST_ROW, { at, waiting, waitingSince: at }));
    const begun = performance.now();
    const see = async (page: Page): Promise<void> => {
      await page.getByText(`1,${String(waiting).slice(1)} acquisitions waiting`).waitFor();
      seenMs.push(performance.now() - begun);
    };
    await Promise.all(pages.map(see));
  }
  await browser.close();
  await dashboard.close();

  const rows = [
    row(`first contentful paint of ${SETS} sets`, paintMs, PAINTED_WITHIN_MS),
    row('all rows of the first page', rowsMs),
    row(`a change, by ${WATCHERS} pages`, seenMs, SEEN_WITHIN_MS),
  ];
  const columns = ['', 'median, ms', 'longest, ms', 'at most', ''];
  report('dashboard', [{ title: 'What a browser shows, and when', columns, rows }], { paintMs, rowsMs, seenMs }, path);
  if (rows.some((cells) => cells.includes('FAIL'))) process.exitCode = 1;
}

async function open(browser: Browser, url: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  return { context, page };
}

function row(what: string, took: readonly number[], atMost?: number): readonly string[] {
  const sorted = took.toSorted((a, b) => a - b);
  const longest = sorted.at(-1) ?? NaN;
  const target = atMost === undefined ? ['–', ''] : [String(atMost), longest <= atMost ? 'PASS' : 'FAIL'];
  return [what, ...[sorted[sorted.length >> 1] ?? NaN, longest].map((ms) => ms.toFixed(0)), ...target];
}

const found = findChromium();
if (found === undefined) throw new Error('no Chromium here: CHROMIUM names one');
void main(found, process.argv[2]);
