import type fc from 'fast-check';

/** One way into this package, and what must hold whatever is given to it. */
export interface Target {
  readonly name: string;
  readonly input: fc.Arbitrary<unknown>;
  /** Throws, or rejects, where the promise is broken. */
  readonly holds: (input: unknown) => void | Promise<void>;
  /** How many times longer than at others an input takes here. */
  readonly slowness: number;
}

/** A target of which the input's type is known where it is defined. */
export function target<Input>(
  name: string,
  input: fc.Arbitrary<Input>,
  holds: (input: Input) => void | Promise<void>,
  slowness = 1,
): Target {
  return { name, input, holds: (value) => holds(value as Input), slowness };
}
