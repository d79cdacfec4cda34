import { type SetState } from '../temporal/overview';
import { type Style } from '../text/style';

/** A set's state, in the colour of what it means. */
export function stateText(state: SetState, style: Style): string {
  switch (state) {
    case 'serving':
      return style.good(state);
    case 'paused':
    case 'throttled':
      return style.notable(state);
    case 'aside':
    case 'unanswered':
      return style.bad(state);
  }
}
