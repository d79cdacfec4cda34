import OpenAI from 'openai';
import {
  type ProviderStats,
  type StrictProvider,
  type StrictProviderOptions,
  startStrictProvider,
} from '../../demo/strict-provider';
import { until } from '../support/until';

const providers: StrictProvider[] = [];

async function start(options: StrictProviderOptions): Promise<StrictProvider> {
  const provider = await startStrictProvider(options);
  providers.push(provider);
  return provider;
}

afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(providers.splice(0).map((provider) => provider.close()));
});

const quick = { latencyMs: () => 0 };

async function chat(provider: StrictProvider, overrides: object = {}, headers: object = {}): Promise<Response> {
  const body = { model: 'gpt-4o', max_tokens: 20, messages: [{ role: 'user', content: 'Hello' }], ...overrides };
  return post(provider, JSON.stringify(body), headers);
}

async function post(provider: StrictProvider, body: string, headers: object = {}): Promise<Response> {
  return fetch(`${provider.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

async function json<T>(response: Response): Promise<T> {
  return (await response.json()) as T;
}

describe('a strict provider', () => {
  it('answers the official client, with the usage it charged for the prompt', async () => {
    const provider = await start({ ...quick, apiKey: 'k', model: 'gpt-4o', quotas: { windowMs: 1000 } });
    const client = new OpenAI({ baseURL: provider.url, apiKey: 'k', maxRetries: 0 });
    const reply = await client.chat.completions.create({
      model: 'gpt-4o',
      max_completion_tokens: 20,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(reply.usage).toMatchObject({ prompt_tokens: 8 });
    expect(reply.usage!.completion_tokens).toBeLessThanOrEqual(20);
    expect(reply.usage!.total_tokens).toBe(8 + reply.usage!.completion_tokens);
    expect(reply.choices[0]!.message.content).toMatch(/^ok/);
    expect(provider.stats()).toMatchObject({
      served: 1,
      open: 0,
      units: { calls: 1, inputTokens: 8, outputTokens: 20 },
    });
  });

  it('gives the same reply to the same request', async () => {
    const provider = await start({ ...quick, quotas: { windowMs: 1000 } });
    const texts = await Promise.all([1, 2].map(async () => json<{ choices: unknown }>(await chat(provider))));
    expect(texts[0]!.choices).toEqual(texts[1]!.choices);
  });

  it.each([
    ['calls', { calls: 1 }],
    ['inputTokens', { inputTokens: 15 }],
    ['outputTokens', { outputTokens: 39 }],
  ])('refuses what would exceed %s, says when to come back, and does not count it', async (quota, quotas) => {
    const provider = await start({ ...quick, quotas: { windowMs: 1000, ...quotas } });
    const now = jest.spyOn(performance, 'now').mockReturnValue(5_000);
    expect((await chat(provider)).status).toBe(200);
    now.mockReturnValue(5_400);
    const refusal = await chat(provider);
    expect(refusal.status).toBe(429);
    expect(await refusal.json()).toMatchObject({ error: { code: 'rate_limit_exceeded', type: quota } });
    expect(refusal.headers.get('retry-after')).toBe('1');
    expect(refusal.headers.get('retry-after-ms')).toBe('600');
    now.mockReturnValue(6_000);
    expect((await chat(provider)).status).toBe(200);
    expect(provider.stats()).toMatchObject({ served: 2, refused: { [quota]: 1 }, units: { calls: 2 } });
  });

  it('refuses more open requests than it has connections, and frees one with each reply', async () => {
    const provider = await start({ latencyMs: () => 2_000, quotas: { windowMs: 1000, connections: 2 } });
    const replies = [chat(provider), chat(provider)];
    await until('two are open', () => provider.stats().open === 2);
    expect((await chat(provider)).status).toBe(429);
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await chat(provider)).status).toBe(200);
    expect(provider.stats()).toMatchObject({ peak: { connections: 2 }, refused: { connections: 1 }, open: 0 });
  });

  it('never refuses a client that keeps exactly to the connections', async () => {
    const provider = await start({ latencyMs: () => 2, quotas: { windowMs: 1000, connections: 8 } });
    const oneAfterAnother = async () => {
      for (let i = 0; i < 50; i++) expect((await chat(provider)).status).toBe(200);
    };
    await Promise.all(Array.from({ length: 8 }, oneAfterAnother));
    expect(provider.stats()).toMatchObject({ served: 400, refused: { connections: 0 } });
  });

  it('frees the connection of a client that went away', async () => {
    const provider = await start({ latencyMs: () => 10_000, quotas: { windowMs: 1000, connections: 1 } });
    const controller = new AbortController();
    const reply = fetch(`${provider.url}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'x' }] }),
      signal: controller.signal,
    });
    const aborted = expect(reply).rejects.toThrow();
    await until('the request is open', () => provider.stats().open === 1);
    controller.abort();
    await aborted;
    await until('the provider has noticed', () => provider.stats().abandoned === 1);
    expect(provider.stats()).toMatchObject({ open: 0 });
  });

  it('tells wrong keys, models, bodies and streams apart', async () => {
    const provider = await start({ ...quick, apiKey: 'right', model: 'm', quotas: { windowMs: 1000 } });
    const key = { authorization: 'Bearer right' };
    expect((await chat(provider, { model: 'm' })).status).toBe(401);
    expect((await chat(provider, { model: 'other' }, key)).status).toBe(404);
    expect((await post(provider, '{"model":', key)).status).toBe(400);
    expect((await post(provider, '[]', key)).status).toBe(400);
    expect((await chat(provider, { model: 'm', max_tokens: 0 }, key)).status).toBe(400);
    expect((await chat(provider, { model: 'm', messages: [] }, key)).status).toBe(400);
    expect((await chat(provider, { model: 'm', messages: [{ role: 'user' }] }, key)).status).toBe(400);
    const stream = await chat(provider, { model: 'm', stream: true }, key);
    expect(stream.status).toBe(400);
    expect(await stream.text()).toContain('does not stream');
    expect(provider.stats()).toMatchObject({ served: 0, rejected: 8, units: { calls: 0 } });
  });

  it('counts a special token in a prompt as ordinary text', async () => {
    const provider = await start({ ...quick, quotas: { windowMs: 1000 } });
    const reply = await chat(provider, { messages: [{ role: 'user', content: '<|endoftext|>' }] });
    expect(reply.status).toBe(200);
    expect((await json<{ usage: { prompt_tokens: number } }>(reply)).usage.prompt_tokens).toBeGreaterThan(8);
  });

  it('fails by script: a status, or a dropped socket', async () => {
    const script = [{ status: 503 }, 'drop' as const, undefined];
    const provider = await start({ ...quick, quotas: { windowMs: 1000 }, failure: (n) => script[n - 1] });
    expect((await chat(provider)).status).toBe(503);
    await expect(chat(provider)).rejects.toThrow();
    expect((await chat(provider)).status).toBe(200);
    expect(provider.stats()).toMatchObject({ served: 1, failed: 2, open: 0, units: { calls: 3 } });
  });

  it('behaves as it is told, whatever its quotas say', async () => {
    const provider = await start({ ...quick, quotas: { windowMs: 60_000, calls: 4 } });
    const conduct = (order: object) =>
      fetch(provider.url.replace('/v1', '/conduct'), { method: 'POST', body: JSON.stringify(order) });
    await conduct({ refusal: { status: 401, code: 'invalid_api_key' } });
    const refusal = await chat(provider);
    expect([refusal.status, await refusal.json()]).toMatchObject([401, { error: { code: 'invalid_api_key' } }]);
    provider.behave({ refusal: { status: 429, forMs: 60_000, hint: true } });
    expect((await chat(provider)).headers.get('retry-after')).toBe('60');
    expect(provider.stats()).toMatchObject({ turnedDown: 2, units: { calls: 0 } });

    provider.behave({ share: 0.5 });
    const served = await chat(provider);
    expect(served.headers.get('x-ratelimit-limit-requests')).toBe('2');
    expect((await chat(provider)).status).toBe(200);
    expect((await chat(provider)).status).toBe(429);
    provider.behave({});
    expect((await chat(provider)).status).toBe(200);

    const now = performance.now();
    provider.behave({ othersPerSecond: 1 });
    jest.spyOn(performance, 'now').mockReturnValue(now + 5_000);
    expect((await chat(provider)).status).toBe(429);
  });

  it('shows its statistics under /stats', async () => {
    const before = Date.now();
    const provider = await start({ ...quick, quotas: { windowMs: 1000, calls: 5 } });
    await chat(provider);
    const stats = await json<ProviderStats>(await fetch(provider.url.replace('/v1', '/stats')));
    expect(stats).toEqual(JSON.parse(JSON.stringify(provider.stats())));
    expect(stats.firstArrivalMs).toBeGreaterThan(before - 1000);
    expect(stats.lastArrivalMs).toBe(stats.firstArrivalMs);
  });

  it('refuses quotas that mean nothing', async () => {
    await expect(startStrictProvider({ quotas: { windowMs: 0 } })).rejects.toThrow(RangeError);
    await expect(startStrictProvider({ quotas: { windowMs: 1, calls: NaN } })).rejects.toThrow(RangeError);
  });
});
