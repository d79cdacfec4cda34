import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { InvalidLimitError, limitsTraces, LimitSet, LimitTemplate, ResourceLimit } from '../../../src/index';
import { FakeClock } from '../../support/fake-clock';

const exporter = new InMemorySpanExporter();
const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
const clock = new FakeClock(1_000);
const limits = [new ResourceLimit({ key: 'connections', capacity: 1 })];
let stop: () => void;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
});

afterAll(() => {
  context.disable();
});

beforeEach(() => {
  exporter.reset();
  stop = limitsTraces({ tracer });
});

afterEach(() => stop());

const spans = (): ReadableSpan[] => exporter.getFinishedSpans();

it('an acquire that waits is a span within the one that is active there; what is served at once is none', async () => {
  const set = new LimitSet({ name: 'pg', shared: false, clock, limits });
  const activity = tracer.startSpan('RunActivity');
  const served = await context.with(trace.setSpan(context.active(), activity), async () => {
    const slot = await set.acquire();
    const waiting = set.acquire();
    await slot.release();
    return waiting;
  });
  await served.release();
  expect(spans()).toMatchObject([
    {
      name: 'acquire pg',
      attributes: { 'limits.set': 'pg', 'limits.outcome': 'acquired' },
      status: { code: 0 },
      parentSpanContext: { spanId: activity.spanContext().spanId },
    },
  ]);
});

it('a wait that fails says how, and names no customer', async () => {
  const set = new LimitTemplate({ name: 'acme', clock, limits }).for('Jane');
  await set.acquire();
  const waiting = expect(set.acquire({ timeout: 10 })).rejects.toThrow('Jane');
  await clock.advance(10);
  await waiting;
  const [span] = spans();
  expect(span).toMatchObject({
    name: 'acquire acme',
    attributes: { 'limits.set': 'acme', 'limits.outcome': 'timeout', 'error.type': 'AcquireTimeoutError' },
    status: { code: 2 },
  });
  expect(JSON.stringify([span?.attributes, span?.events, span?.status])).not.toContain('Jane');
});

it('a wait that the caller gave up is no error', async () => {
  const set = new LimitSet({ name: 'pg', shared: false, clock, limits });
  await set.acquire();
  const controller = new AbortController();
  const waiting = expect(set.acquire({ signal: controller.signal })).rejects.toThrow('enough');
  controller.abort(new Error('enough'));
  await waiting;
  expect(spans()).toMatchObject([{ attributes: { 'limits.outcome': 'cancelled' }, status: { code: 0 } }]);
});

it('there must be a tracer', () => {
  expect(() => limitsTraces({ tracer: {} } as never)).toThrow(InvalidLimitError);
});
