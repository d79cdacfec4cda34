import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import {
  CallLimit,
  InvalidLimitError,
  limitedFetch,
  LimitPool,
  LimitSet,
  RateLimit,
  ResourceLimit,
} from '../../../src/index';
import { until } from '../../support/until';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let url: string;
/** What the provider answers to each call, in order; the last of them to all others. */
let answers: Answer[];
let calls: IncomingMessage[];
const warnings: string[] = [];
const sets: LimitSet<object>[] = [];

beforeEach(async () => {
  [answers, calls] = [[], []];
  warnings.length = 0;
  jest.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
  server = createServer((request, response) => {
    const answer = answers[Math.min(calls.push(request), answers.length) - 1];
    answer?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(sets.splice(0).map((set) => set.close()));
  server.close();
  server.closeAllConnections();
});

function limitSet(): LimitSet {
  const set = new LimitSet({
    limits: [new CallLimit({ windowSeconds: 3_600, capacity: 10 }), new ResourceLimit({ key: 'open', capacity: 1 })],
  });
  sets.push(set);
  return set;
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Answer => {
  return (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const available = async (set: LimitSet<object>): Promise<readonly number[]> =>
  Object.values((await set.getStats()).limits).map((limit) => Math.floor(limit.available));

const COMPLETION = {
  ...{ id: 'c', object: 'chat.completion', created: 0, model: 'm' },
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello' } }],
  usage: { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 },
};
const CHAT = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] };

describe('a client with a limited fetch', () => {
  it('acquires for each call, and holds until its body has been read', async () => {
    answers = [(_, response) => response.writeHead(200).write('first')];
    const set = limitSet();
    const response = await limitedFetch(set)(url);
    expect(await available(set)).toEqual([9, 0]);
    const text = response.text();
    calls[0]!.socket.end();
    await expect(text).rejects.toThrow();
    expect(await available(set)).toEqual([9, 1]);
  });

  it('serves the OpenAI client, streams too, and tells the set what headers say', async () => {
    const headers = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '59' };
    const chunk = { ...COMPLETION, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'hi' } }] };
    answers = [
      json(200, COMPLETION, headers),
      (_, response) =>
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
    ];
    const set = limitSet();
    const client = new OpenAI({ baseURL: url, apiKey: 'k', maxRetries: 0, fetch: limitedFetch(set) });
    expect((await client.chat.completions.create(CHAT)).choices[0]?.message.content).toBe('hello');
    const texts: unknown[] = [];
    for await (const part of await client.chat.completions.create({ ...CHAT, stream: true }))
      texts.push(part.choices[0]?.delta.content);
    expect(texts).toEqual(['hi']);
    expect(await available(set)).toEqual([8, 1]);
    expect((await set.getStats()).provider).toMatchObject({
      ...{ state: 'OPEN', answered: 2 },
      seen: [{ name: 'requests', limit: 60, remaining: 59 }],
    });
  });

  it('releases a stream that its reader leaves', async () => {
    answers = [(_, response) => response.writeHead(200).write('more to come')];
    const set = limitSet();
    const response = await limitedFetch(set)(url);
    await response.body!.cancel();
    expect(await available(set)).toEqual([9, 1]);
  });

  it('pauses the set after a 429, and knows from the body that a quota is used up', async () => {
    answers = [
      json(429, { error: { message: 'slow down' } }, { 'retry-after': '60' }),
      json(429, { error: { code: 'insufficient_quota' } }),
    ];
    for (const provider of [
      { state: 'PAUSED', cause: 'rate_limit' },
      { state: 'CIRCUIT', cause: 'insufficient_quota' },
    ]) {
      const set = limitSet();
      const client = new OpenAI({ baseURL: url, apiKey: 'k', maxRetries: 0, fetch: limitedFetch(set) });
      await expect(client.chat.completions.create(CHAT)).rejects.toMatchObject({ status: 429 });
      expect((await set.getStats()).provider).toMatchObject(provider);
      await expect(limitedFetch(set, { timeout: 1 })(url)).rejects.toThrow(provider.state);
    }
  });

  it('counts what the client repeats by itself, and says so once', async () => {
    answers = [
      json(500, {}, { 'retry-after-ms': '1' }),
      json(500, {}, { 'retry-after-ms': '1' }),
      json(200, COMPLETION),
    ];
    const set = limitSet();
    const client = new OpenAI({ baseURL: url, apiKey: 'k', fetch: limitedFetch(set) });
    await client.chat.completions.create(CHAT);
    expect(await available(set)).toEqual([7, 1]);
    expect(warnings).toEqual([expect.stringContaining('retries failed calls on its own')]);
  });

  it('charges what was used, as the body says', async () => {
    answers = [json(200, COMPLETION)];
    const limit = new RateLimit({ key: 'tokens', windowSeconds: 3_600, capacity: 100, unused: 'returned' });
    const set = new LimitSet({ limits: [limit] });
    sets.push(set);
    const requested = () => ({ tokens: 50 });
    const tokensOf = (body: string) => ({ tokens: (JSON.parse(body) as typeof COMPLETION).usage.total_tokens });
    await (await limitedFetch(set, { requested, usage: tokensOf })(url)).json();
    expect(await available(set)).toEqual([90]);
    // an answer is never lost: all of the request counts then
    const broken = limitedFetch(set, { requested, usage: () => ({ tokens: NaN }) });
    expect(await (await broken(url)).json()).toEqual(COMPLETION);
    expect(await available(set)).toEqual([40]);
    expect(warnings).toEqual([expect.stringContaining('usage threw or returned an invalid value')]);
  });

  it('says once that usage cannot be read, and nothing of what was answered', async () => {
    const usage = (body: string) => JSON.parse(body) as { tokens: number };
    const body = (n: number) => new Response(`<html>secret ${String(n)}`);
    let n = 0;
    const fetchIt = limitedFetch(limitSet(), { usage, fetch: async () => body((n += 1)) });
    for (let i = 0; i < 3; i += 1) await (await fetchIt(url)).text();
    expect(warnings).toEqual([
      'usage threw or returned an invalid value; counting the full request as used. SyntaxError',
    ]);
  });

  it('ends with the signal of the call while it waits and while it is under way, and blames nobody', async () => {
    answers = [() => undefined];
    const set = limitSet();
    const controller = new AbortController();
    const open = limitedFetch(set)(url, { signal: controller.signal });
    const waiting = limitedFetch(set)(new Request(url, { signal: controller.signal }));
    await until('the first is under way', () => calls.length === 1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(open).rejects.toBe(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(await available(set)).toEqual([9, 1]);
    expect((await set.getStats()).provider).toBeUndefined();
  });

  it('tells the set of a provider that cannot be reached, and uses nothing of what was not sent', async () => {
    const limit = new RateLimit({ key: 'tokens', windowSeconds: 3_600, capacity: 100, unused: 'returned' });
    const set = new LimitSet({ limits: [limit] });
    sets.push(set);
    const fetch = limitedFetch(set, { requested: () => ({ tokens: 50 }) });
    await new Promise((resolve) => server.close(resolve));
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    expect((await set.getStats()).provider).toMatchObject({ failed: 1 });
    expect(await available(set)).toEqual([100]);
  });

  it('leaves the response as it was: its URL, its status, its headers, and that it has no body', async () => {
    answers = [json(200, {}, { 'x-own': 'yes' }), (_, response) => response.writeHead(204).end()];
    const set = limitSet();
    const fetch = limitedFetch(() => set);
    const response = await fetch(`${url}/path`);
    expect(response).toMatchObject({ url: `${url}/path`, status: 200, ok: true, redirected: false, type: 'basic' });
    expect(response.headers.get('x-own')).toBe('yes');
    await response.text();
    expect(await fetch(url)).toMatchObject({ status: 204, body: null });
    expect(await available(set)).toEqual([8, 1]);
  });

  it('acquires from a pool', async () => {
    answers = [json(200, {})];
    const pool = new LimitPool({ limitSets: [limitSet(), limitSet()] });
    await Promise.all([1, 2].map(async () => (await limitedFetch(pool)(url)).text()));
    expect(await Promise.all(sets.map(available))).toEqual([
      [9, 1],
      [9, 1],
    ]);
  });
});

describe('a mistake', () => {
  it.each([
    [[undefined], 'limits', 'expected a LimitSet, a LimitPool, or a function that returns one, got undefined'],
    [[limitSetOf(), { useage: () => ({}) }], 'useage', 'did you mean usage?'],
    [[limitSetOf(), { fetch: 'https://example.com' }], 'fetch', 'expected a function'],
    [[limitSetOf(), { timeout: 'soon' }], 'timeout', 'soon'],
    [[limitSetOf(), { priority: NaN }], 'priority', 'expected a finite number'],
  ])('is named before anything is called (%#)', (args, option, message) => {
    const make = (): unknown => Reflect.apply(limitedFetch, undefined, args);
    expect(make).toThrow(InvalidLimitError);
    expect(make).toThrow(`${option}: `);
    expect(make).toThrow(message);
  });
});

function limitSetOf(): LimitSet {
  return new LimitSet({ limits: [] });
}
