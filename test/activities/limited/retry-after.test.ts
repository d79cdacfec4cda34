import { retryAfterMs } from '../../../src/activities/limited/retry-after';

const NOW = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');
const withHeaders = (headers: object): Error => Object.assign(new Error('busy'), { headers });

describe('what a provider asks for by an error', () => {
  it.each<[string, unknown, number | undefined]>([
    ['seconds', withHeaders(new Headers({ 'retry-after': '2' })), 2_000],
    ['a date', withHeaders(new Headers({ 'retry-after': 'Sun, 06 Nov 1994 08:49:40 GMT' })), 3_000],
    ['a date that has passed', withHeaders({ 'retry-after': 'Sun, 06 Nov 1994 08:49:30 GMT' }), 0],
    ['milliseconds, which go before seconds', withHeaders({ 'retry-after': '2', 'retry-after-ms': '150' }), 150],
    ['a plain object in any case', withHeaders({ 'Retry-After': '1.5' }), 1_500],
    ['a list of values', withHeaders({ 'retry-after': ['4', '5'] }), 4_000],
    ['headers of its response', Object.assign(new Error(), { response: { headers: { 'retry-after': 1 } } }), 1_000],
    ['headers of $response', Object.assign(new Error(), { $response: { headers: { 'retry-after': '1' } } }), 1_000],
    ['headers of its cause', new Error('failed', { cause: withHeaders({ 'retry-after': '7' }) }), 7_000],
    ['more than a day', withHeaders({ 'retry-after': '1000000000' }), 86_400_000],
    ['words', withHeaders({ 'retry-after': 'soon' }), undefined],
    ['nothing', withHeaders({ 'retry-after': '' }), undefined],
    ['no headers', new Error('busy'), undefined],
    ['no error', 'busy', undefined],
  ])('may be %s', (_, error, expected) => {
    expect(retryAfterMs(error, NOW)).toBe(expected);
  });

  it('is searched for without end in no circle of causes', () => {
    const error = new Error('I am my own cause');
    error.cause = error;
    expect(retryAfterMs(error, NOW)).toBeUndefined();
  });
});
