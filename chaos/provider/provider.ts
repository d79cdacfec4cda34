import { type ConductOrder } from '../../demo/strict-provider-conduct';
import { Member } from '../cluster/member';
import { type Account, type Allowance } from './strict-account';

/** The provider that all calls go to. */
export class Provider {
  private constructor(
    readonly url: string,
    private readonly member: Member,
  ) {}

  static async start(): Promise<Provider> {
    const member = new Member('provider', require.resolve('./provider-process'), {});
    const { url } = await member.start<{ url: string }>();
    return new Provider(url, member);
  }

  /** What it allows from here on. */
  allow(allowance: Allowance): Promise<Account> {
    return this.#ask('POST', '/allowance', allowance);
  }

  /** How it treats the account from here on, whatever its books say. @default as they say */
  behave(order: ConductOrder = {}): Promise<Account> {
    return this.#ask('POST', '/conduct', order);
  }

  /** How long its answers take from here on. @default as long as usual */
  takeMs(latencyMs?: number): Promise<Account> {
    return this.#ask('POST', '/latency', { latencyMs });
  }

  /** Begins a new account. */
  begin(): Promise<Account> {
    return this.#ask('POST', '/begin');
  }

  account(): Promise<Account> {
    return this.#ask('GET', '/account');
  }

  /** Whether its store takes what a holder of this fencing token writes. */
  async write(token: number): Promise<boolean> {
    return (await this.#send('POST', '/store', { token })).ok;
  }

  stop(): Promise<void> {
    return this.member.stop();
  }

  async #ask(method: string, path: string, body?: object): Promise<Account> {
    return (await this.#send(method, path, body)).json() as Promise<Account>;
  }

  #send(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  }
}
