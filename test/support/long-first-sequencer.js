const { default: Sequencer } = require('@jest/test-sequencer');

/** Begins with what takes minutes, so that no file is left for one core at the end. */
module.exports = class LongFirstSequencer extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const isLong = ({ context }) => context.config.displayName?.name === 'long';
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
