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
  if (!account.arrives(now, asked)) return false;
  account.leaves(now, asked, true);
  return true;
}

it('refuses what is over a window of calls, until the first has left it', () => {
  expect([answer(0), answer(500), answer(999), answer(1_000)]).toEqual([true, true, false, true]);
  expect(account.report().unitsOver).toBe(1);
});

it('counts by how many tokens a window is exceeded', () => {
  answer(0, call('large', { tokens: 90 }));
  answer(1, call('small', { tokens: 30 }));
  expect(account.report()).toMatchObject({ answers: 1, unitsOver: 20 });
});

it('refuses who comes while all connections are open', () => {
  account = new StrictAccount({ ...ALLOWANCE, calls: 9 }, 1_000);
  const [first, second] = [call('first'), call('second')];
  expect([account.arrives(0, first), account.arrives(0, second), account.arrives(0, call('third'))]).toEqual([
    true,
    true,
    false,
  ]);
  account.leaves(1, first, false);
  expect(account.arrives(1, call('fourth'))).toBe(true);
  expect(account.report()).toMatchObject({ answers: 0, unitsOver: 1 });
});

it('tells an item that was answered in two attempts from one that was answered twice in one', () => {
  for (const [at, attempt] of [1, 2, 2].entries()) answer(at * 1_000, call('item', { attempt }));
  expect(account.report()).toMatchObject({ answers: 3, repeats: 1, doubles: 1 });
});

it('knows the longest time without an answer, and counts anew when it is told to', () => {
  for (const at of [100, 4_000, 5_000]) answer(at);
  expect(account.report().longestSilenceMs).toBe(3_900);
  account.begin(6_000);
  expect(account.report()).toEqual({ answers: 0, unitsOver: 0, repeats: 0, doubles: 0, longestSilenceMs: 0 });
});
