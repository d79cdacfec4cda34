import { addWork, newSetWork, newWork } from '../../../src/batch/worker/work-counters';

test.each(['constructor', '__proto__', 'toString'])('the work of a set called %s adds up like any other', (name) => {
  const work = newWork();
  work[name] = { ...newSetWork(), acquisitions: 2 };
  const told = JSON.parse(JSON.stringify(work)) as typeof work;
  const total = addWork([told, work]);
  expect(Object.keys(total)).toEqual([name]);
  expect(total[name]).toMatchObject({ acquisitions: 4, waiting: 0 });
});
