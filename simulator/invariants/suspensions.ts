import { DEFAULT_MAX_PAUSE_MS } from '../../src/limiter/feedback/provider-state';
import type { ProviderNews, Push } from '../../src/limiter/protocol/wire';
import { EPOCH } from '../world/virtual-clock';
import type { Invariant } from './invariant';

/** Clocks drift by as much in the longest pause. Unit: milliseconds. */
const DRIFT_MS = 100;

/** What a client has heard last of its provider. */
interface Heard {
  readonly seq: number;
  readonly news: ProviderNews | undefined;
}

/** No request goes to a provider that is known not to serve, and none is kept from one for ever. */
export const suspensions: Invariant = {
  name: 'suspensions',
  promise: 'no suspension outlives its cap, nobody starts while its client knows of one, and each probe is one request',
  watch({ fail, world }) {
    const byClient = new Map<string, Heard>();
    const probes = new Set<number>();
    /** When the limiter began that numbers them. */
    let numberedSince = 0;
    const now = (): number => EPOCH + world.now();
    return {
      woke(state) {
        const { provider, definition, birth } = state();
        if (birth !== numberedSince) probes.clear();
        numberedSince = birth;
        const { until = -Infinity } = provider?.state.suspension ?? {};
        const { maxPauseMs = DEFAULT_MAX_PAUSE_MS } = definition.timing;
        if (until > now() + maxPauseMs)
          fail(`suspended for ${until - now()} ms more, at most ${maxPauseMs} are allowed`);
      },
      pushed({ client, seq, status, provider }: Push) {
        if (status !== 'granted' || seq < (byClient.get(client)?.seq ?? 0)) return;
        byClient.set(client, { seq, news: provider });
      },
      acquired({ owner, lease, signature }) {
        const news = byClient.get(lease)?.news;
        // who takes nothing is not kept back
        if (news === undefined || signature === '') return;
        const { until, probe } = news;
        if (now() < until - DRIFT_MS) fail(`${owner} starts ${until - now()} ms before it may`);
        if (probe === undefined) fail(`${owner} starts, though another is to try first`);
        else if (probes.has(probe)) fail(`${owner} starts a second request as probe ${probe}`);
        else probes.add(probe);
      },
    };
  },
};
