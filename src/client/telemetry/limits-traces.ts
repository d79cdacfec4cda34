import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { subscribe, type LimitEvent, type Waiting, type WaitOutcome } from '../events/limit-events';
import type { Attributes } from './instruments';

interface OpenTelemetrySpan {
  setAttribute(key: string, value: string): unknown;
  setStatus(status: { code: 2 }): unknown;
  end(): void;
}

/** What is used of a `Tracer` of `@opentelemetry/api`. Any version from 1.0 on is one. */
export interface OpenTelemetryTracer {
  /** Begins a span, whose parent is the one that is active. */
  startSpan(name: string, options?: { attributes?: Attributes }): OpenTelemetrySpan;
}

/** Options of {@link limitsTraces}. */
export interface LimitsTracesOptions {
  /** Where the spans go: a tracer of OpenTelemetry, as `trace.getTracer('temporal-limits')`. */
  readonly tracer: OpenTelemetryTracer;
}

const OPTIONS = new Set(['tracer']);

/** `SpanStatusCode.ERROR` of OpenTelemetry. */
const ERROR = 2;
const FAULTS: ReadonlySet<WaitOutcome> = new Set(['timeout', 'queue_full', 'failed']);

/**
 * Makes a span of each acquisition of this process that has to wait, from now on: a child of the span that is active
 * where it is acquired, such as the activity's. What is served at once has none.
 *
 * @returns A function that ends it. Spans that have begun by then never end.
 * @throws {@link InvalidLimitError} if the tracer is none
 *
 * @example
 * limitsTraces({ tracer: trace.getTracer('temporal-limits') }); // `trace` of @opentelemetry/api
 */
export function limitsTraces(options: LimitsTracesOptions): () => void {
  checkOptions('limitsTraces', options, OPTIONS);
  checkFunction('tracer.startSpan', (options.tracer as Partial<OpenTelemetryTracer> | undefined)?.startSpan);
  const { tracer } = options;
  const spans = new Map<Waiting, OpenTelemetrySpan>();
  const hear = (event: LimitEvent): void => {
    if (event.type === 'queued') {
      const { set } = event.waiting;
      spans.set(event.waiting, tracer.startSpan(`acquire ${set}`, { attributes: { 'limits.set': set } }));
    } else if (event.type === 'dequeued') {
      const span = spans.get(event.waiting);
      if (span === undefined) return;
      spans.delete(event.waiting);
      end(span, event.outcome, event.error);
    }
  };
  return subscribe(hear);
}

/** An error's message may name a customer: its class says what happened. */
function end(span: OpenTelemetrySpan, outcome: WaitOutcome, error: unknown): void {
  span.setAttribute('limits.outcome', outcome);
  if (FAULTS.has(outcome)) {
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    span.setStatus({ code: ERROR });
  }
  span.end();
}
