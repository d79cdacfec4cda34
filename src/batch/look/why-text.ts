import { needsSomebody, type Why, type WhyCause } from '../../limiter/control/why';
import { betweenText, countText } from '../text/numbers';
import { type Style } from '../text/style';
import { amountsText } from './control-text';

/** Why a set's acquisitions wait, who is next, and what helps. */
export function whyText(why: Why, now: number, style: Style): string {
  const { set, cause, summary, advice, waiting, client, needs, expectedAt } = why;
  const how = waiting === 0 ? '' : `, ${countText(waiting)} waiting`;
  const lines = [`set ${style.strong(set)}: ${causeText(cause, why, style)}${how}`, `  ${summary}`];
  if (client !== undefined) {
    const what = needs === undefined ? '' : `, needs ${amountsText(needs)}`;
    const when = expectedAt === undefined ? '' : `, expected in ${betweenText(now, expectedAt)}`;
    lines.push(`  next: ${client}${what}${when}`);
  }
  if (advice !== undefined) lines.push(`  advice: ${advice}`);
  return `${lines.join('\n')}\n`;
}

function causeText(cause: WhyCause, why: Why, style: Style): string {
  if (needsSomebody(why)) return style.bad(cause);
  return cause === 'NONE' ? style.good(cause) : style.notable(cause);
}
