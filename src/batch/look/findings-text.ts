import { type Finding } from './finding';
import { type Style } from '../text/style';

/** A line for each finding, what helps below it, and at the end what they come to. */
export function findingsText(findings: readonly Finding[], style: Style): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, set, message, advice }) => {
    const about = set === undefined ? '' : `set ${style.strong(set)}: `;
    return [
      `${sign(status, style)} ${check.padEnd(width)}  ${about}${message}`,
      ...(advice === undefined ? [] : [`  ${' '.repeat(width)}  ${style.faint(`advice: ${advice}`)}`]),
    ];
  });
  const wrong = findings.filter(({ status }) => status === 'wrong').length;
  const end = wrong === 0 ? style.good('nothing is wrong') : style.bad(`${wrong} wrong`);
  return `${[...lines, end].join('\n')}\n`;
}

function sign(status: Finding['status'], style: Style): string {
  switch (status) {
    case 'ok':
      return style.good('✓');
    case 'notice':
      return style.notable('!');
    case 'wrong':
      return style.bad('✗');
  }
}
