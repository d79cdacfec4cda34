import { MODES, UNPUBLISHED } from '../../../simulator/loads/unpublished-limits';

describe.each(MODES)('an account that says nothing of its limits: %s', (mode) => {
  it.each(Object.entries(UNPUBLISHED))('%s', async (_, measure) => {
    const figures = await measure(mode);
    expect(figures.length).toBeGreaterThan(2);
    expect(figures.filter(({ isKept }) => !isKept)).toEqual([]);
  });
});
