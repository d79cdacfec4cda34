import { WorkflowNotFoundError } from '@temporalio/client';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { LimiterUnavailableError } from '../../limiter/errors/limiter-errors';
import { LimitsError } from '../../limiter/errors/limits-error';
import { type Access, onlyAllowed, onlyOwn, strictHeaders } from './access';
import type { Asset } from './assets';
import { BadChangeError, makeChange, readChange } from './changes';
import { DashboardData, type DashboardSource, TemporalAwayError } from './dashboard-data';
import type { AboutView, ErrorView } from './views';

export interface DashboardOptions extends DashboardSource {
  readonly access: Access;
  readonly about: Omit<AboutView, 'mayChange'>;
  readonly assets: ReadonlyMap<string, Asset>;
}

const MOST_BYTES = 16_384;
const MOST_PAGES = 100_000;

const place = z.coerce.number().int().min(0).max(MOST_PAGES).catch(0);
const text = z.string().max(1_000).catch('');

/** The dashboard's server: its pages, and what they ask for. */
export function dashboardApp(options: DashboardOptions): Hono {
  const { access, assets } = options;
  const app = new Hono();
  app.use(strictHeaders, onlyOwn(access));
  app.use('/api/*', onlyAllowed(access), async (context, next) => {
    context.header('Cache-Control', 'no-store');
    await next();
  });
  addApi(app, options);
  for (const [path, { type, body }] of assets) {
    app.get(path, (context) => context.body(body, 200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }));
  }
  app.all('*', onlyAllowed(access));
  app.notFound((context) => context.json<ErrorView>({ kind: 'refused', message: 'There is no such page.' }, 404));
  app.onError((error, context) => {
    const { status, view } = failureOf(error, options.about.address);
    return context.json(view, status);
  });
  return app;
}

function addApi(app: Hono, options: DashboardOptions): void {
  const data = new DashboardData(options);
  const about: AboutView = { ...options.about, mayChange: options.access.mayChange };
  app.get('/api/about', (context) => context.json(about));
  app.get('/api/overview', async (context) => {
    const { page, find } = context.req.query();
    return context.json(await data.overview({ page: place.parse(page), find: text.parse(find) }));
  });
  app.get('/api/set', async (context) => {
    const { name, first } = context.req.query();
    return context.json(await data.set(text.parse(name), place.parse(first)));
  });
  app.get('/api/why', async (context) => {
    const { set, workflow } = context.req.query();
    if (set !== undefined) return context.json(await data.why(text.parse(set)));
    if (workflow !== undefined) return context.json(await data.whyWorkflow(text.parse(workflow)));
    return context.json<ErrorView>({ kind: 'refused', message: 'Name a set or a workflow.' }, 400);
  });
  app.get('/api/health', async (context) => context.json(await data.health()));
  app.post('/api/change', bodyLimit({ maxSize: MOST_BYTES }), async (context) => {
    const request = readChange(await context.req.json<unknown>().catch(() => undefined));
    const result = await makeChange(options.admin, request);
    data.forget();
    return context.json(result);
  });
}

interface Failure {
  readonly status: 400 | 404 | 409 | 413 | 500 | 502 | 503 | 504;
  readonly view: ErrorView;
}

/** What a page shows of an error. Only messages of this package's own errors are shown: another's may contain anything. */
function failureOf(error: Error, address: string): Failure {
  if (error instanceof TemporalAwayError) {
    return { status: 503, view: { kind: 'away', message: `Temporal does not answer at ${address}.` } };
  }
  if (error instanceof WorkflowNotFoundError) {
    return { status: 404, view: { kind: 'refused', message: 'No workflow has this id.' } };
  }
  if (error instanceof BadChangeError) return { status: 400, view: { kind: 'refused', message: error.message } };
  if (error instanceof LimiterUnavailableError) {
    return { status: 504, view: { kind: 'unanswered', message: error.message } };
  }
  if (error instanceof LimitsError) return { status: 409, view: { kind: 'refused', message: error.message } };
  if (error instanceof HTTPException && error.status === 413) {
    return { status: 413, view: { kind: 'refused', message: `A change has at most ${MOST_BYTES} bytes.` } };
  }
  return { status: 502, view: { kind: 'refused', message: `Temporal refused what was asked: ${error.name}.` } };
}
