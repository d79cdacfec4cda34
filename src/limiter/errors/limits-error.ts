/**
 * The base of every error of this package. Compare errors by `name`: `instanceof` does not hold across the workflow
 * sandbox, nor across module realms.
 */
export abstract class LimitsError extends Error {
  /** A literal, stable name; also the `type` under which the error crosses Temporal. */
  abstract override readonly name: string;
}
