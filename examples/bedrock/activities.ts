import { ConverseCommand, type ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { currentAcquisition, limited, type FailedUsage } from 'temporal-limits/worker';
import type { Clients } from './clients';
import type { Profile } from './profiles';

const MAX_TOKENS = 50;

/** The most that Claude counts for one image. */
const TOKENS_OF_AN_IMAGE = 1_600;

/** What to ask, with the content of a PNG file in base64 if there is one. */
export interface Prompt {
  readonly text: string;
  readonly image?: string;
}

export function createActivities(clients: Clients) {
  const converse = async (prompt: Prompt) => {
    const profile = currentAcquisition()?.config as Profile;
    const { output, usage } = await clients.of(profile).send(
      new ConverseCommand({
        modelId: profile.modelId,
        messages: [{ role: 'user', content: contentOf(prompt) }],
        inferenceConfig: { maxTokens: MAX_TOKENS },
      }),
    );
    return { text: output?.message?.content?.[0]?.text ?? '', usage };
  };

  return {
    converse: limited(converse, {
      requested: (prompt) => ({ input_tokens: estimate(prompt), output_tokens: MAX_TOKENS }),
      // an answer without a count is charged as estimated
      usage: ({ usage }, prompt) => ({
        input_tokens: usage?.inputTokens ?? estimate(prompt),
        output_tokens: usage?.outputTokens ?? MAX_TOKENS,
      }),
      usageOnError,
      retry: {
        numRetries: 5,
        retryOn: ['ThrottlingException', 'ServiceUnavailableException', 'ModelTimeoutException'],
      },
    }),
  };
}

function contentOf({ text, image }: Prompt): ContentBlock[] {
  if (image === undefined) return [{ text }];
  return [{ image: { format: 'png', source: { bytes: Buffer.from(image, 'base64') } } }, { text }];
}

/** An upper bound: Bedrock reports the count only afterwards, and a token is seldom shorter than three letters. */
function estimate({ text, image }: Prompt): number {
  return Math.ceil(text.length / 3) + (image === undefined ? 0 : TOKENS_OF_AN_IMAGE);
}

/** Bedrock turns these calls away before a model reads them. Any other error may have used everything. */
const TURNED_AWAY = ['ThrottlingException', 'ServiceUnavailableException', 'AccessDeniedException'];

/** Tokens of a call that failed. The call itself stays counted. */
function usageOnError(error: unknown): FailedUsage {
  if (error instanceof Error && TURNED_AWAY.includes(error.name)) return { input_tokens: 0, output_tokens: 0 };
  return 'unknown';
}
