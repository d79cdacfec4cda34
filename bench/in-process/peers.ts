import { Sema } from 'async-sema';
import Bottleneck from 'bottleneck';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Contestant } from '../support/rounds';
import { type Case, PLENTY, REQUESTED, type Shape, WINDOW_SECONDS } from './cases';

type Step = () => unknown;

/**
 * Other limiters of this language, each for what it can do. None takes several limits together or gives unused units
 * back: for a call and two rates they take one after the other, which is less than what they stand beside.
 */
export async function peers({ shape, algorithm, entries }: Case): Promise<Contestant[]> {
  // they have one algorithm each, and no entries to keep apart
  if (algorithm !== 'SlidingWindow' || (entries > 0 && shape !== 'permit')) return [];
  const { default: pLimit } = await import('p-limit');
  const makers: Readonly<Record<string, Partial<Record<Shape, () => Step>>>> = {
    bottleneck: {
      permit: () => {
        const limiter = new Bottleneck({ maxConcurrent: entries + 10 });
        return () => limiter.schedule(nothing);
      },
      call: () => {
        const limiter = new Bottleneck({ reservoir: PLENTY });
        return () => limiter.schedule(nothing);
      },
      'call + 2 rates': () => {
        const [calls, input, output] = [1, 2, 3].map(() => new Bottleneck({ reservoir: PLENTY })) as [B, B, B];
        return () =>
          calls.schedule(() =>
            input.schedule({ weight: REQUESTED.input_tokens }, () =>
              output.schedule({ weight: REQUESTED.output_tokens }, nothing),
            ),
          );
      },
    },
    'rate-limiter-flexible': {
      call: () => {
        const limiter = new RateLimiterMemory({ points: PLENTY, duration: WINDOW_SECONDS });
        return () => limiter.consume('calls');
      },
      'call + 2 rates': () => {
        const limiter = new RateLimiterMemory({ points: PLENTY, duration: WINDOW_SECONDS });
        return async () => {
          await limiter.consume('calls');
          await limiter.consume('input_tokens', REQUESTED.input_tokens);
          await limiter.consume('output_tokens', REQUESTED.output_tokens);
        };
      },
    },
    'p-limit': {
      permit: () => {
        const limit = pLimit(entries + 10);
        return () => limit(nothing);
      },
    },
    'async-sema': {
      permit: () => {
        const sema = new Sema(entries + 10);
        return async () => {
          sema.release(await sema.acquire());
        };
      },
    },
  };
  return Object.entries(makers).flatMap(([name, { [shape]: make }]) =>
    make === undefined ? [] : [{ name, ...(name === 'bottleneck' ? together(make()) : { run: repeated(make()) }) }],
  );
}

type B = Bottleneck;

const nothing = (): Promise<void> => Promise.resolve();

function repeated(step: Step): Contestant['run'] {
  return async (count) => {
    for (let i = 0; i < count; i += 1) await step();
    return undefined;
  };
}

/** For one that starts each job from timers: many at once, as it would mostly wait between one and the next. */
function together(step: Step): Pick<Contestant, 'run' | 'perRound'> {
  return {
    perRound: 20,
    async run(count) {
      await Promise.all(Array.from({ length: count }, step));
      return undefined;
    },
  };
}
