import { ApplicationFailure, Context } from '@temporalio/activity';
import { currentAcquisition, limited } from '../../src/activities/index';
import { type Call } from '../provider/strict-account';
import { type Item, type ItemActivities } from './item';

const BEAT_MS = 500;

/** Calls the provider within the worker's limits, and stops when the limits are lost. */
export function itemActivities(providerUrl: string): ItemActivities {
  const callProvider = async ({ id, tokens }: Item): Promise<void> => {
    const context = Context.current();
    const signals = [context.cancellationSignal, currentAcquisition()?.signal].filter((signal) => signal !== undefined);
    const beat = setInterval(() => context.heartbeat(), BEAT_MS);
    try {
      const call: Call = { item: id, attempt: context.info.attempt, tokens };
      const options = { method: 'POST', body: JSON.stringify(call), signal: AbortSignal.any(signals) };
      const response = await fetch(`${providerUrl}/calls`, options);
      currentAcquisition()?.observe(response);
      if (!response.ok) throw ApplicationFailure.retryable(`the provider answers ${response.status}`);
    } finally {
      clearInterval(beat);
    }
  };
  return { callProvider: limited(callProvider, { requested: ({ tokens }) => ({ tokens }) }) };
}
