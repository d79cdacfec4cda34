import type { FaultName } from '../scenario/scenario';
import type { Fault } from './fault';
import { continueAsNew, limiterDown, redefinition } from './limiter-faults';
import { loss, repetition, serverDown, slowness } from './network-faults';
import { operator } from './operator-faults';
import { crash, partition, pause } from './process-faults';
import { ban, drift, throttle } from './provider-faults';
import { absentRuns, closedRuns } from './run-faults';

/** Everything that goes wrong, by its name. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  loss,
  repetition,
  slowness,
  partition,
  pause,
  crash,
  'limiter down': limiterDown,
  'server down': serverDown,
  'continue-as-new': continueAsNew,
  redefinition,
  'closed runs': closedRuns,
  'absent runs': absentRuns,
  throttle,
  drift,
  ban,
  operator,
};
