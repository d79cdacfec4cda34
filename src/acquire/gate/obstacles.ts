/** What stands in the way of those who wait at a gate, if it is not only that others have the capacity. */
export interface Obstacles {
  /** Why nothing is granted, if so. */
  obstacle(): string | undefined;
  /** Why there is less of the limit of this key than is defined, if so. */
  whyLess(key: string): string | undefined;
}

export const NO_OBSTACLES: Obstacles = { obstacle: () => undefined, whyLess: () => undefined };
