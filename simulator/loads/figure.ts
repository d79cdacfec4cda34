/** A measured figure, and within which bound it has to be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly bound: string;
  readonly isKept: boolean;
}

export function atMost(name: string, value: number, most: number): Figure {
  return { name, value, bound: `at most ${most}`, isKept: value <= most };
}

export function atLeast(name: string, value: number, least: number): Figure {
  return { name, value, bound: `at least ${least}`, isKept: value >= least };
}

/** Such as `refused: 8 (at most 12)`. */
export function textOf({ name, value, bound }: Figure): string {
  return `${name}: ${Number(value.toFixed(2))} (${bound})`;
}
