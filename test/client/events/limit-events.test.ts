import { publish, subscribe, type LimitEvent } from '../../../src/client/events/limit-events';

const REFUSED: LimitEvent = { type: 'refused', set: 'openai' };

afterEach(() => jest.restoreAllMocks());

it('a subscriber that throws is told of once, and harms neither the process nor others', async () => {
  const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const thrown = jest.spyOn(process, 'nextTick');
  const heard: LimitEvent[] = [];
  const ends = [
    subscribe(() => {
      throw new Error('no exporter');
    }),
    subscribe((event) => heard.push(event)),
  ];
  publish(REFUSED);
  publish(REFUSED);
  for (const end of ends) end();
  expect(heard).toEqual([REFUSED, REFUSED]);
  expect(thrown).not.toHaveBeenCalled();
  expect(warned.mock.calls).toEqual([
    ['A tracer or meter of temporal-limits has thrown: no exporter', 'LimitsWarning'],
  ]);
});
