import { type Client } from '@temporalio/client';

const PING_MS = 2_000;
/** A server that restarts is silent for a moment, which is not worth a message. Unit: milliseconds. */
const WORTH_TELLING_MS = 5_000;

/** Notices when Temporal does not answer. */
export class ConnectionMonitor {
  #heardAt = Date.now();
  #isPinging = false;

  constructor(
    private readonly client: Client,
    private readonly address: string,
  ) {}

  /** Asks the server for a sign of life. Never rejects. */
  async ping(): Promise<void> {
    if (this.#isPinging) return;
    this.#isPinging = true;
    const ask = () => this.client.workflowService.getSystemInfo({});
    const answered = await this.client.withDeadline(Date.now() + PING_MS, ask).then(
      () => true,
      () => false,
    );
    this.#isPinging = false;
    if (answered) this.#heardAt = Date.now();
  }

  /** What a reader is to know, once it has lasted. */
  get text(): string | undefined {
    if (Date.now() - this.#heardAt <= WORTH_TELLING_MS) return undefined;
    const since = new Date(this.#heardAt).toISOString().slice(11, 19);
    return `Temporal at ${this.address} has not answered since ${since} UTC`;
  }
}
