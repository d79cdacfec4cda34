import { BedrockRuntimeClient, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import type { Profile } from './profiles';

/** The clients of one process: one for each account and region. */
export class Clients {
  readonly #clients = new Map<string, BedrockRuntimeClient>();

  /** @param endpoint Where to call instead of AWS */
  constructor(private readonly endpoint?: string) {}

  /** It does not retry: nobody would count its extra calls. */
  of({ account, region }: Profile): BedrockRuntimeClient {
    const key = `${account} ${region}`;
    const client =
      this.#clients.get(key) ??
      new BedrockRuntimeClient({
        region,
        // with AWS: credentials: fromIni({ profile: account })
        credentials: { accessKeyId: account, secretAccessKey: 'none' },
        maxAttempts: 1,
        ...(this.endpoint !== undefined && { endpoint: this.endpoint }),
      });
    this.#clients.set(key, client);
    return client;
  }

  /**
   * Connects each client by counting tokens, which no quota of `Converse` counts. A client's first call loads credentials and
   * code, and opens the connection: so late, a call might arrive in a window in which it was not counted.
   */
  async connect(profiles: readonly Profile[]): Promise<void> {
    const messages = [{ role: 'user' as const, content: [{ text: 'connect' }] }];
    for (const profile of profiles) {
      const { modelId } = profile;
      await this.of(profile).send(new CountTokensCommand({ modelId, input: { converse: { messages } } }));
    }
  }
}
