import { Bundle } from '../../../src/batch/worker/bundle';

it('says at once what is said in one turn, in its order, and nothing where nothing is', async () => {
  const said: (readonly number[])[] = [];
  const bundle = new Bundle<number>((all) => said.push(all));
  bundle.say(1);
  await Promise.resolve();
  bundle.say(2);
  expect(said).toEqual([]);
  await new Promise(setImmediate);
  bundle.say(3);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(said).toEqual([[1, 2], [3]]);
});
