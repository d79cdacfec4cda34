const { default: Sequencer } = require('@jest/test-sequencer');

const ORDER = ['long', 'e2e', 'unit'];

/** Begins with what takes minutes and ends with what takes milliseconds, so that no core is left without a file at the end. */
module.exports = class LongFirstSequencer extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return ORDER.flatMap((name) => sorted.filter(({ context }) => context.config.displayName?.name === name));
  }
};
