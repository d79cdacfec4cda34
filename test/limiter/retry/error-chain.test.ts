import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { showsNothingWasSent } from '../../../src/limiter/retry/error-chain';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error(code), { code, ...more });

describe('an error that shows that nothing was sent', () => {
  it.each<[string, unknown]>([
    ['refused', coded('ECONNREFUSED')],
    [
      'refused below what a client made of it',
      new Error('Connection error.', { cause: new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }) }),
    ],
    ['refused at every address', new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')])],
    ['no such host', coded('ENOTFOUND')],
    ['no answer of the name server', coded('EAI_AGAIN')],
    ['late connecting', coded('ETIMEDOUT', { syscall: 'connect' })],
    ['late connecting, by fetch', new TypeError('fetch failed', { cause: coded('UND_ERR_CONNECT_TIMEOUT') })],
  ])('is: %s', (_, error) => {
    expect(showsNothingWasSent(error)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['reset', coded('ECONNRESET')],
    ['late reading', coded('ETIMEDOUT', { syscall: 'read' })],
    ['a status', Object.assign(new Error('429'), { status: 429 })],
    ['some other code', coded('invalid_api_key')],
    ['none at all', undefined],
  ])('is not: %s', (_, error) => {
    expect(showsNothingWasSent(error)).toBe(false);
  });

  it('is that of a real connection that was refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const error: unknown = await fetch(`http://127.0.0.1:${String(port)}/`).catch((reason: unknown) => reason);
    expect(showsNothingWasSent(error)).toBe(true);
  });
});
