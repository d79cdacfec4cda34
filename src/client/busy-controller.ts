import { setMaxListeners } from 'node:events';

/** For a signal to which as many listen as there are acquisitions, which Node would otherwise take for a leak. */
export function busyController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
