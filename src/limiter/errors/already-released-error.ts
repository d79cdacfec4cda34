import { LimitsError } from './limits-error';

/** An acquisition was updated after its release, or without having been granted. */
export class AlreadyReleasedError extends LimitsError {
  override readonly name = 'AlreadyReleasedError';

  constructor() {
    super('The acquisition holds nothing any more: update it before it is released');
  }
}
