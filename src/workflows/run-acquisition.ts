import { Acquisition } from '../acquire/acquisition';
import type { Amounts } from '../limiter/request';
import { failing, failingAsync } from './failure';

/** An acquisition whose mistakes fail the workflow. */
export class RunAcquisition extends Acquisition {
  override update(told: { usage: Amounts }): void {
    failing(() => super.update(told));
  }

  override release(): Promise<void> {
    return failingAsync(() => super.release());
  }
}
