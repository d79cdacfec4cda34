import { framesOf, writtenIn } from '../../scripts/support/terminal-frames';
import { terminalSvg } from '../../scripts/support/terminal-svg';

const SIZE = { columns: 20, rows: 3 };
const UP_ONE_LINE = '\u001b[1A';

/** A command that writes a heading, then a bar, and a second later draws the bar anew. */
const TEXTS = ['<items>\r\n', '\u001b[32m██░░\u001b[39m  50 %\r\n', `${UP_ONE_LINE}\u001b[1mall\u001b[22m\u001b[K\r\n`];
const recording = () => {
  const output = Buffer.from(`Script started\n${TEXTS.join('')}Script done\n`);
  const seconds = ['0.5', '0.25', '1.0'];
  return writtenIn(output, TEXTS.map((text, i) => `${seconds[i]} ${Buffer.byteLength(text)}\n`).join(''));
};

test('a recording has each write with its time, also where a character takes several bytes', () => {
  const written = recording().map(({ atMs, text }) => [atMs, text.toString()]);
  expect(written).toEqual([
    [500, TEXTS[0]],
    [750, TEXTS[1]],
    [1_750, TEXTS[2]],
  ]);
});

test('a frame has what the terminal shows then, in its colours', async () => {
  const frames = await framesOf(recording(), SIZE);
  const heading = { text: '<items>', color: undefined, isBold: false };
  expect(frames.map(({ rows }) => rows.slice(0, 2))).toEqual([
    [[heading], []],
    [
      [heading],
      [
        { text: '██░░  ', color: 2, isBold: false },
        { ...heading, text: '50 %' },
      ],
    ],
    [[heading], [{ text: 'all', color: undefined, isBold: true }]],
  ]);
});

test('the picture has each row once, shows one screen at a time, and the last to who wants no motion', async () => {
  const svg = terminalSvg(await framesOf(recording(), SIZE), SIZE, 2, 'a "test"');
  expect(svg.match(/<text .*?<\/text>/g)).toEqual([
    expect.stringContaining('>&lt;items></text>'),
    expect.stringContaining('><tspan class="c2">██░░  </tspan>50 %</text>'),
    expect.stringContaining('><tspan class="b">all</tspan></text>'),
  ]);
  expect(svg.match(/<use /g)).toHaveLength(5);
  expect(svg).toContain('aria-label="a &quot;test&quot;"');
  // 250 ms and a second at twice the speed, and then the last screen
  expect(svg).toContain('animation:play 8.63s step-end infinite');
  expect(svg).toContain('.strip{transform:translate(-336px)');
  expect(svg).toContain('@media (prefers-reduced-motion:reduce){.strip{animation:none}}');
});
