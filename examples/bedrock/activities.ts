import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { currentAcquisition, limited } from 'temporal-limits/worker';

const MODEL = 'anthropic.claude-3-haiku-20240307-v1:0';
const MAX_TOKENS = 50;

/** What each set of the pool carries as its config: where the capacity that it grants may be spent. */
export type Pair = Readonly<Record<'account' | 'region', string>>;

/** @param endpoint Where to call instead of AWS */
export function createActivities(endpoint?: string) {
  const clients = new Map<string, BedrockRuntimeClient>();

  /** One client for each account and region, without retries of its own: each would be a call that nobody has counted. */
  const clientFor = ({ account, region }: Pair): BedrockRuntimeClient => {
    const key = `${account} ${region}`;
    const client =
      clients.get(key) ??
      new BedrockRuntimeClient({
        region,
        // in earnest: fromIni({ profile: account })
        credentials: { accessKeyId: account, secretAccessKey: 'none' },
        maxAttempts: 1,
        ...(endpoint !== undefined && { endpoint }),
      });
    clients.set(key, client);
    return client;
  };

  const converse = async (prompt: string): Promise<{ readonly text: string; readonly tokens: number }> => {
    const pair = currentAcquisition()?.config as Pair;
    const { output, usage } = await clientFor(pair).send(
      new ConverseCommand({
        modelId: MODEL,
        messages: [{ role: 'user', content: [{ text: prompt }] }],
        inferenceConfig: { maxTokens: MAX_TOKENS },
      }),
    );
    return { text: output?.message?.content?.[0]?.text ?? '', tokens: usage?.totalTokens ?? 0 };
  };

  return {
    converse: limited(converse, {
      requested: (prompt) => ({ tokens: upperBound(prompt) + MAX_TOKENS }),
      usage: ({ tokens }) => ({ tokens }),
      retry: {
        numRetries: 5,
        retryOn: ['ThrottlingException', 'ServiceUnavailableException', 'ModelTimeoutException'],
      },
    }),
  };
}

/** Bedrock tells the count only afterwards. A token is seldom shorter than three letters. */
function upperBound(prompt: string): number {
  return Math.ceil(prompt.length / 3);
}
