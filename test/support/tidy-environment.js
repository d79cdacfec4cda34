const { AsyncLocalStorage } = require('node:async_hooks');
const { TestEnvironment } = require('jest-environment-node');

/** Those that have been used since the last file. */
const used = new Set();

for (const name of ['run', 'enterWith']) {
  const original = AsyncLocalStorage.prototype[name];
  AsyncLocalStorage.prototype[name] = function (...args) {
    used.add(this);
    return original.apply(this, args);
  };
}

/**
 * Node.js, where no AsyncLocalStorage outlives its file. In Node.js 20 every promise of a process asks each of them. Jest
 * makes one for each file, a Temporal client one for itself: with fifty of them an `await` takes sixty times as long.
 */
module.exports = class TidyEnvironment extends TestEnvironment {
  async teardown() {
    await super.teardown();
    for (const storage of used) storage.disable();
    used.clear();
  }
};
