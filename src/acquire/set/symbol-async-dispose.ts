/**
 * Node below 20.5 lacks the symbol by which `await using` finds what to call at the end of a scope; compilers' helpers
 * refuse to work without it.
 */
if ((Symbol as { asyncDispose?: symbol }).asyncDispose === undefined) {
  Object.defineProperty(Symbol, 'asyncDispose', { value: Symbol.for('Symbol.asyncDispose') });
}
