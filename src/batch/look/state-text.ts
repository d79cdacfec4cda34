import { SET_STATES, type SetState } from '../temporal/set-state';
import { type Style } from '../text/style';

/** A text about a set's state, in the colour of how urgent it is. */
export function inToneOf(state: SetState, text: string, style: Style): string {
  switch (SET_STATES[state].tone) {
    case 'ok':
      return style.good(text);
    case 'watch':
    case 'info':
      return style.notable(text);
    case 'bad':
      return style.bad(text);
  }
}
