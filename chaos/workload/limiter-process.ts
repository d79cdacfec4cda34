/** Runs limiter workflows, and nothing else. */
import { NativeConnection } from '@temporalio/worker';
import { shareHost } from '../../src/activities/plugin/hosts';
import { installQuietRuntime } from '../../src/batch/temporal/quiet-runtime';

/** What a process that runs limiters is to be. */
export interface LimiterOrder {
  readonly bundle: string;
}

async function main({ bundle }: LimiterOrder): Promise<void> {
  installQuietRuntime();
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  const host = await shareHost({
    ...{ connection, namespace: 'default', dataConverter: undefined },
    ...{ hostLimiter: true, limiterBundle: { codePath: bundle } },
  });
  process.once('disconnect', () => void host.stop().finally(() => process.exit()));
  process.send?.({ type: 'ready' });
}

void main(JSON.parse(process.argv[2] ?? '') as LimiterOrder);
