const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Begins with what takes minutes and ends with what takes milliseconds, so that no core is left without a file at the end.
 * What computes all the time is spread among what also waits for a server.
 */
module.exports = class LongFirstSequencer extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    const of = (name) => sorted.filter(({ context }) => context.config.displayName?.name === name);
    return [...spread(of('long'), of('e2e')), ...of('unit')];
  }
};

/** All lists in one, the files of each at even distances. */
function spread(...lists) {
  return lists
    .flatMap((list) => list.map((test, i) => ({ test, place: (i + 0.5) / list.length })))
    .sort((a, b) => a.place - b.place)
    .map(({ test }) => test);
}
