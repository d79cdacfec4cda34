import { verdictOf } from '../../scripts/support/audit-verdict';

const locked = {
  '': { peerDependencies: { peer: '^1.0.0' } },
  'node_modules/peer': { dependencies: { sent: '^1.0.0', inner: '^1.0.0' } },
  'node_modules/peer/node_modules/inner': { dependencies: { deep: '^1.0.0' } },
  'node_modules/deep': {},
  'node_modules/sent': {},
  'node_modules/tool': { dependencies: { sent: '^2.0.0' } },
  'node_modules/tool/node_modules/sent': {},
};

const found = (...nodes: string[]) => ({ severity: 'high', range: '<2.0.0', nodes });

describe('an audit of the dependencies', () => {
  it('is good where nothing is found', () => {
    const lines = ['vulnerable packages: 0 for users, 0 in development only'];
    expect(verdictOf({ vulnerabilities: {} }, locked)).toEqual({ lines, isBad: false });
  });

  it('is good where only development is concerned, and says of what', () => {
    const vulnerabilities = { tool: found('node_modules/tool'), sent: found('node_modules/tool/node_modules/sent') };
    const { lines, isBad } = verdictOf({ vulnerabilities }, locked);
    expect(isBad).toBe(false);
    expect(lines).toEqual([
      'tool <2.0.0: high, in development only',
      'sent <2.0.0: high, in development only',
      'vulnerable packages: 0 for users, 2 in development only',
    ]);
  });

  it('is bad where users get one', () => {
    const { lines, isBad } = verdictOf(
      { vulnerabilities: { sent: found('node_modules/sent', 'node_modules/tool/node_modules/sent') } },
      locked,
    );
    expect(isBad).toBe(true);
    expect(lines).toEqual(['sent <2.0.0: high, for users', 'vulnerable packages: 1 for users, 0 in development only']);
  });

  it('is bad where a peer brings one, however deep', () => {
    expect(verdictOf({ vulnerabilities: { deep: found('node_modules/deep') } }, locked).isBad).toBe(true);
  });

  it.each([
    [{ message: '405 Method Not Allowed', statusCode: 405 }, '405'],
    [{ message: 'connect ECONNREFUSED' }, 'connect ECONNREFUSED'],
  ])('knows nothing where the registry does not answer', (answer, reason) => {
    const lines = [`the registry does not answer audits (${reason}): nothing is known`];
    expect(verdictOf(answer, locked)).toEqual({ lines, isBad: false });
  });
});
