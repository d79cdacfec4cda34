import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Payload, type PayloadCodec } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowCode } from '../../src/activities/plugin/workflow-code';

const directory = path.join(__dirname, '../histories/batch');
const histories = readdirSync(directory).map((file) => readFileSync(path.join(directory, file), 'utf8'));

async function replay(texts: readonly string[], codec?: PayloadCodec): Promise<(string | undefined)[]> {
  const runs = texts.map((text, i) => ({ workflowId: `${i}`, history: JSON.parse(text) as object }));
  const found: (string | undefined)[] = [];
  const options = { workflowBundle: await workflowCode(), ...(codec && { dataConverter: { payloadCodecs: [codec] } }) };
  for await (const { error } of Worker.runReplayHistories(options, runs)) found.push(error?.message);
  return found;
}

/** What a recorded run asked for: the arguments of its activities, what it handed to the next run, and what it returned. */
function askedThen(text: string): string[] {
  const { events } = JSON.parse(text) as { readonly events: readonly RecordedEvent[] };
  return events.flatMap((event) => {
    const asked = event.activityTaskScheduledEventAttributes ?? event.workflowExecutionContinuedAsNewEventAttributes;
    const sent = asked?.input ?? event.workflowExecutionCompletedEventAttributes?.result;
    return (sent?.payloads ?? []).map(({ data }) => withoutWords(Buffer.from(data, 'base64').toString()));
  });
}

interface RecordedEvent {
  readonly activityTaskScheduledEventAttributes?: Asked;
  readonly workflowExecutionContinuedAsNewEventAttributes?: Asked;
  readonly workflowExecutionCompletedEventAttributes?: { readonly result?: Payloads };
}

interface Asked {
  readonly input?: Payloads;
}

interface Payloads {
  readonly payloads: readonly { readonly data: string }[];
}

/** Everything that was sent in a run. */
function payloadsOf(text: string): string[] {
  return [...text.matchAll(/"data": ?"([^"]+)"/g)].map(([, data = '']) => Buffer.from(data, 'base64').toString());
}

/** Errors may be put into other words. */
function withoutWords(text: string): string {
  return text.replace(/"message":"[^"]*"/g, '"message":""');
}

/** What a run asks for when it is replayed. */
async function askedNow(text: string): Promise<string[]> {
  const asked: string[] = [];
  const encode = async (payloads: Payload[]): Promise<Payload[]> => {
    asked.push(...payloads.map(({ data }) => withoutWords(Buffer.from(data ?? []).toString())));
    return payloads;
  };
  await replay([text], { encode, decode: async (payloads) => payloads });
  return asked;
}

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

describe('the batch workflow', () => {
  it('does what every recorded run did', async () => {
    expect(await replay(histories)).toEqual(histories.map(() => undefined));
  });

  it('asks for what every recorded run asked for, item by item: the server compares only what is to be done', async () => {
    for (const text of histories) expect(await askedNow(text)).toEqual(askedThen(text));
  });

  it('has been recorded with everything that may become of an item, and of a batch', () => {
    for (const what of ['WorkerLost', 'findResults', 'recallItems', 'batch.pause', 'batch.resume']) {
      expect(histories.some((text) => text.includes(`"${what}"`))).toBe(true);
    }
    // with the outcomes of groups picked at random: tried again alone, not served as an item or as a probe, lost
    for (const what of ['retryMs', 'notServed', '"isAside":false']) {
      expect(histories.some((text) => payloadsOf(text).some((payload) => payload.includes(what)))).toBe(true);
    }
    const goOn = histories.filter((text) => text.includes('"workflowExecutionContinuedAsNewEventAttributes"'));
    expect(goOn.length).toBeGreaterThanOrEqual(2);
  });

  it('would be found out if it did something else', async () => {
    const [first = ''] = histories;
    expect(await replay([first.replaceAll('"completeItems"', '"somethingElse"')])).toEqual([
      expect.stringContaining('somethingElse'),
    ]);
  });
});
