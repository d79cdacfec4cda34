import { type Fault } from '../fault';
import { ban } from './ban';
import { freeze } from './freeze';
import { fullDisk } from './full-disk';
import { killLimiter } from './kill-limiter';
import { killServer } from './kill-server';
import { killWorker } from './kill-worker';
import { partition } from './partition';
import { rollingDeploy } from './rolling-deploy';
import { slowProvider } from './slow-provider';
import { throttle } from './throttle';

/** Every fault, by the word that asks for it, in the order in which they happen. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  worker: killWorker,
  limiter: killLimiter,
  server: killServer,
  partition,
  freeze,
  deploy: rollingDeploy,
  disk: fullDisk,
  slow: slowProvider,
  throttle,
  ban,
};
