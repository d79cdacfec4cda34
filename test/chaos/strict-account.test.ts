import { StrictAccount } from '../../chaos/provider/strict-account';

const ALLOWANCE = { calls: 2, tokens: 100, connections: 2 };
const call = (item: string, { attempt = 1, tokens = 1 } = {}) => ({ item, attempt, tokens });

let account: StrictAccount;

beforeEach(() => {
  account = new StrictAccount(ALLOWANCE, 1_000);
  account.begin(0);
});

/** A call that is answered at once. */
function answer(now: number, asked = call('item')): boolean {
  if (account.arrives(now, asked) !== true) return false;
  account.leaves(now, asked, true);
  return true;
}

it('refuses what is over a window of calls, until the first has left it', () => {
  expect([answer(0), answer(500), answer(999), answer(1_000)]).toEqual([true, true, false, true]);
  expect(account.report(9_000).unitsOver).toBe(1);
});

it('counts by how many tokens a window is exceeded', () => {
  answer(0, call('large', { tokens: 90 }));
  answer(1, call('small', { tokens: 30 }));
  expect(account.report(9_000)).toMatchObject({ answers: 1, unitsOver: 20 });
});

it('refuses who comes while all connections are open', () => {
  account = new StrictAccount({ ...ALLOWANCE, calls: 9 }, 1_000);
  const [first, second] = [call('first'), call('second')];
  const arrivals = [first, second, call('third')].map((asked) => account.arrives(0, asked));
  expect(arrivals).toMatchObject([true, true, { status: 429 }]);
  account.leaves(1, first, false);
  expect(account.arrives(1, call('fourth'))).toBe(true);
  expect(account.report(9_000)).toMatchObject({ answers: 0, unitsOver: 1 });
});

it('tells an item that was answered in two attempts from one that was answered twice in one', () => {
  for (const [at, attempt] of [1, 2, 2].entries()) answer(at * 1_000, call('item', { attempt }));
  expect(account.report(9_000)).toMatchObject({ answers: 3, repeats: 1, doubles: 1 });
});

it('knows the longest time without an answer, and counts anew when it is told to', () => {
  for (const at of [100, 4_000, 5_000]) answer(at);
  expect(account.report(9_000).longestSilenceMs).toBe(3_900);
  account.begin(6_000);
  expect(account.report(9_000)).toEqual({
    ...{ answers: 0, unitsOver: 0, refused: 0, repeats: 0, doubles: 0, longestSilenceMs: 0 },
  });
});

describe('its conduct', () => {
  it('refuses every call in its way and says for how long, while nobody was over the limits', () => {
    account.conduct.follow({ refusal: { status: 429, forMs: 2_500, hint: true } }, 0);
    expect(account.arrives(1_000, call('first'))).toMatchObject({ headers: { 'retry-after-ms': '2500' } });
    const headers = { 'retry-after': '2', 'retry-after-ms': '1500' };
    expect(account.arrives(2_000, call('early'))).toMatchObject({ status: 429, headers });
    expect(account.arrives(3_500, call('later'))).toBe(true);
    account.conduct.follow({ refusal: { status: 401 } }, 4_000);
    expect(account.arrives(9_000, call('banned'))).toMatchObject({ status: 401, headers: {} });
    expect(account.report(9_000)).toMatchObject({ unitsOver: 0, refused: 3 });
  });

  it('lowers its quotas without a word, but for what it says is left', () => {
    account.conduct.follow({ share: 0.5 }, 0);
    expect(account.headers(0)).toMatchObject({ 'x-ratelimit-limit-requests': '1' });
    expect([answer(0), answer(1)]).toEqual([true, false]);
    expect(account.headers(1)).toMatchObject({ 'x-ratelimit-remaining-requests': '0' });
    expect(account.report(9_000)).toMatchObject({ unitsOver: 0, refused: 1 });
  });

  it('counts the calls of others', () => {
    account.conduct.follow({ othersPerSecond: 1 }, 0);
    expect([answer(0), answer(1_500), answer(1_600)]).toEqual([true, true, false]);
    expect(account.report(9_000)).toMatchObject({ unitsOver: 0, refused: 1 });
  });
});
