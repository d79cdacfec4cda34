import { checkFunction } from '../../limiter/checks/option-values';
import { checkOptions } from '../../limiter/checks/options';
import { subscribe, type LimitEvent, type Waiting, type WaitOutcome } from '../events/limit-events';
import type { Attributes } from './instruments';

interface OpenTelemetrySpan {
  setAttribute(key: string, value: string): unknown;
  setStatus(status: { code: 2 }): unknown;
  end(): void;
}

/** The part of OpenTelemetry's `Tracer` that is used. Any version of `@opentelemetry/api` from 1.0 has it. */
export interface OpenTelemetryTracer {
  /** Begins a span whose parent is the active one. */
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
 * Creates a span from now on for each acquisition of this process that has to wait. Its parent is the span that is
 * active where your code acquires, such as the activity's. An acquisition that does not wait has no span.
 *
 * @returns A function that stops it. Spans that have begun by then never end.
 * @throws {@link InvalidLimitError} if the tracer is not one
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
