import { EXIT } from './exit-code';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The first Ctrl-C ends the batch in order. A second one does not wait for that: everything else ends with this process. */
export function onInterrupt(interrupt: () => void): () => void {
  let isInterrupted = false;
  const listener = (): void => {
    if (isInterrupted) process.exit(EXIT.interrupted);
    isInterrupted = true;
    process.stderr.write('\nEnding; press Ctrl-C again to end at once.\n');
    interrupt();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
