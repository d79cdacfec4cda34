import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { type Holding } from '../../src/acquire/ports';
import { Acquisition, type Origin } from '../../src/acquire/set/acquisition';
import { limitsMetrics, LimitSet } from '../../src/index';
import { type LimitDefinition } from '../../src/limiter/definition/definition';
import { type Request } from '../../src/limiter/request/request';
import { type Contestant, measure, spread, type Spread } from '../support/rounds';
import { type Case, nameOf } from './cases';
import { laps, limitsOf } from './own';

/** What an acquisition costs when its events are published or counted, beside one that has none. */
export interface TelemetryCost {
  /** How the case is called in the table. */
  readonly name: string;
  /** Unit: microseconds. */
  readonly spreads: ReadonlyMap<string, Spread>;
  /** Times that of one without events, while nobody listens. */
  readonly unheard: Spread;
  /** More than one without events, with metrics. Unit: microseconds. */
  readonly more: Spread;
}

/** So often each pair is measured: a few per cent are less than what disturbs one measurement. */
const TIMES = 9;

/** As the library was before there were metrics. */
class UntoldSet extends LimitSet {
  protected override acquisition(
    origin: Origin,
    definitions: readonly LimitDefinition[],
    request: Request,
    holding: Holding | undefined,
  ): Acquisition {
    return new Acquisition(origin, definitions, request, holding);
  }
}

class IdleReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * Each pair is measured by turns, with the SDK of OpenTelemetry. First all of them before anybody subscribes: a channel that
 * had a subscriber is no longer what the compiler took it for.
 */
export async function telemetryCosts(entries: readonly Case[]): Promise<TelemetryCost[]> {
  const measured = entries.map((entry) => {
    const limits = limitsOf(entry);
    const without = { name: 'without events', run: laps(new UntoldSet({ limits }), entry.shape) };
    return { name: nameOf(entry), without, run: laps(new LimitSet({ limits }), entry.shape) };
  });
  const unheard: Pairs[] = [];
  for (const { without, run } of measured) unheard.push(await pairs(without, { name: 'nobody listens', run }));
  const meter = new MeterProvider({ readers: [new IdleReader()] }).getMeter('bench');
  const stop = limitsMetrics({ meter });
  const heard: Pairs[] = [];
  for (const { without, run } of measured) heard.push(await pairs(without, { name: 'with metrics', run }));
  stop();
  return measured.map(({ name }, i) => ({ name, ...costOf(unheard[i] ?? [], heard[i] ?? []) }));
}

type Pairs = readonly (readonly [number, number])[];

function costOf(unheard: Pairs, heard: Pairs): Omit<TelemetryCost, 'name'> {
  return {
    spreads: new Map([
      ['without events', spread(unheard.map(([before]) => before))],
      ['nobody listens', spread(unheard.map(([, after]) => after))],
      ['with metrics', spread(heard.map(([, after]) => after))],
    ]),
    unheard: spread(unheard.map(([before, after]) => after / before)),
    more: spread(heard.map(([before, after]) => after - before)),
  };
}

async function pairs(one: Contestant, other: Contestant): Promise<Pairs> {
  const found: [number, number][] = [];
  for (let i = 0; i < TIMES; i += 1) {
    // whoever is second finds the caches as the first has left them
    const spreads = await measure(i % 2 === 0 ? [one, other] : [other, one]);
    found.push([spreads.get(one.name)?.median ?? NaN, spreads.get(other.name)?.median ?? NaN]);
  }
  return found;
}
