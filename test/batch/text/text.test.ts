import { meter } from '../../../src/batch/text/meter';
import { betweenText, countText, momentText, numberOf, percentText } from '../../../src/batch/text/numbers';
import { durationText } from '../../../src/limiter/errors/duration-text';
import { printable, printableJson, printableLines } from '../../../src/batch/text/printable';
import { fitted, PLAIN, Style } from '../../../src/batch/text/style';

it('writes durations, shares and counts as people do', () => {
  expect([0, 59.9, 60, 125, 3725, -1].map(durationText)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '2 min 5 s',
    '1 h 2 min',
    '0 s',
  ]);
  expect([754, 36_300, 273_900, 864_000].map(durationText)).toEqual(['12 min 34 s', '10 h 5 min', '3 d 4 h', '10 d']);
  expect(betweenText(5_000, 70_000)).toBe('1 min 5 s');
  expect([percentText(0.9876, 1), percentText(NaN)]).toEqual(['98.8 %', '–']);
  expect([9.99, 9.991, 3e13, Infinity].map((share) => percentText(share))).toEqual(['999 %', '>999 %', '>999 %', '–']);
  expect([1_234_567, 12, 1.239].map(countText)).toEqual(['1,234,567', '12', '1.24']);
  expect([0.125, 0.004, 0.0012345, 0, 1e-17].map(countText)).toEqual(['0.125', '0.004', '0.00123', '0', '0']);
  expect([1, 2, 0].map((count) => numberOf(count, 'item'))).toEqual(['1 item', '2 items', '0 items']);
  expect([1, 2].map((count) => numberOf(count, 'waits', 'wait'))).toEqual(['1 waits', '2 wait']);
  expect(momentText(Date.UTC(2026, 0, 31, 9, 5))).toBe('2026-01-31 09:05:00 UTC');
});

it('cuts what does not fit, and says so', () => {
  expect([fitted('abcdef', 6), fitted('abcdef', 4), fitted('abc', 0)]).toEqual(['abcdef', 'abc…', '…']);
});

describe('what a terminal or a page would obey', () => {
  const obeyed = 'a\u001b[2Jb\nc\u009b[8md\u202ee\u2066f\u2028g\u007f';
  const written = 'a\\u001b[2Jb\\u000ac\\u009b[8md\\u202ee\\u2066f\\u2028g\\u007f';

  it('is written as JSON would, and what is not stays as it is', () => {
    expect(printable(obeyed)).toBe(written);
    expect(JSON.parse(`"${written}"`)).toBe(obeyed);
    expect(printable('müller’s 名前 🙂 \\n')).toBe('müller’s 名前 🙂 \\n');
  });

  it('leaves the lines that are the own', () => {
    expect(printableLines('one\ntw\u001bo\n')).toBe('one\ntw\\u001bo\n');
  });

  it('is in no text and no key of JSON', () => {
    const json = { set: obeyed, list: [obeyed, 1, null, true], by: { [obeyed]: { at: 5 } }, left: undefined };
    expect(printableJson(json)).toEqual({
      ...{ set: written, list: [written, 1, null, true], by: { [written]: { at: 5 } }, left: undefined },
    });
  });
});

describe('colours', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which means nothing', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('with %s', (_, medium, env, isColoured) => {
    expect(Style.of(medium, env).bad('x')).toBe(isColoured ? '\u001b[31mx\u001b[39m' : 'x');
  });

  it('do not stand in a table without them', () => {
    const table = PLAIN.table(['set', '>waiting']);
    table.push(['east', 3]);
    expect(table.toString().split('\n')).toEqual([
      '┌──────┬─────────┐',
      '│ set  │ waiting │',
      '├──────┼─────────┤',
      '│ east │       3 │',
      '└──────┴─────────┘',
    ]);
  });
});

describe('a meter', () => {
  it.each([
    [{ used: 0 }, '░░░░░░░░░░'],
    [{ used: 0.01 }, '█░░░░░░░░░'],
    [{ used: 0.5, reserved: 0.3 }, '█████▒▒▒░░'],
    [{ used: 1.7, reserved: 0.3 }, '██████████'],
    [{ used: 0, reserved: 1 }, '▒▒▒▒▒▒▒▒▒▒'],
  ])('of %j', (fill, drawn) => {
    expect(meter(fill, 10)).toBe(drawn);
  });
});
