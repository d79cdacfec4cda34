import type { Frame, Run, Size } from './terminal-frames';

/** Unit: pixels. */
const CELL = { width: 8.4, height: 18 };
const PADDING = 14;
/** How long the last screen stays before it begins anew. */
const LAST_MS = 8_000;
/** How long a screen stays at most: a command may take its time to begin. */
const LONGEST_MS = 3_000;

const BACKGROUND = '#0d1117';
const FOREGROUND = '#e6edf3';
/** The 16 colours, of which a program picks by number. */
const PALETTE = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#8b949e', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
];

/**
 * An animated picture of what a terminal showed: a strip with all screens beside each other, of which one is seen. Who wants
 * no motion sees the last.
 *
 * @param speed How much faster than in truth.
 */
export function terminalSvg(frames: readonly Frame[], size: Size, speed: number, title: string): string {
  const shown = frames.map(({ rows }) => rows.map(rowText));
  const distinct = [...new Set(shown.flat())].filter((row) => row !== '');
  const ids = new Map(distinct.map((row, i) => [row, `r${i.toString(36)}`]));
  const [width, height] = [size.columns * CELL.width, size.rows * CELL.height];
  const screens = shown.map((rows, i) => {
    const uses = rows.map((row, y) => (row === '' ? '' : `<use href="#${ids.get(row)}" y="${y * CELL.height}"/>`));
    return `<g transform="translate(${round(i * width)})">${uses.join('')}</g>`;
  });
  const outer = `${round(width + 2 * PADDING)} ${round(height + 2 * PADDING)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${outer}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{fill:${FOREGROUND};font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}
.b{font-weight:bold}${PALETTE.map((color, i) => `.c${i}{fill:${color}}`).join('')}
${motion(frames, width, speed)}
</style>
<defs>
${distinct.map((row) => row.replace('<text', `<text id="${ids.get(row)}"`)).join('\n')}
</defs>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<svg x="${PADDING}" y="${PADDING}" width="${round(width)}" height="${height}"><g class="strip">
${screens.join('\n')}
</g></svg>
</svg>
`;
}

function motion(frames: readonly Frame[], width: number, speed: number): string {
  const lengths = frames.map(({ atMs }, i) => {
    const next = frames[i + 1]?.atMs;
    return next === undefined ? LAST_MS : Math.min(next - atMs, LONGEST_MS) / speed;
  });
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  let begin = 0;
  const steps = lengths.map((length, i) => {
    const step = `${round((begin / whole) * 100)}%{transform:translate(${round(-i * width)}px)}`;
    begin += length;
    return step;
  });
  const last = `translate(${round(-(frames.length - 1) * width)}px)`;
  return `.strip{transform:${last};animation:play ${round(whole / 1_000)}s step-end infinite}
@keyframes play{${steps.join('')}}
@media (prefers-reduced-motion:reduce){.strip{animation:none}}`;
}

/** The whole row has its width told, as not every reader has a font of the same width. */
function rowText(runs: readonly Run[]): string {
  const length = runs.reduce((sum, { text }) => sum + Array.from(text).length, 0);
  if (length === 0) return '';
  const spans = runs.map(({ text, color, isBold }) => {
    const classes = [...(color === undefined ? [] : [`c${color}`]), ...(isBold ? ['b'] : [])];
    return classes.length === 0 ? escaped(text) : `<tspan class="${classes.join(' ')}">${escaped(text)}</tspan>`;
  });
  return `<text y="14" textLength="${round(length * CELL.width)}">${spans.join('')}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
