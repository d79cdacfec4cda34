import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** How many of these are still there once all garbage has been collected. */
export async function numLeft(objects: readonly WeakRef<object>[]): Promise<number> {
  // what was looked at in a turn is kept until its end
  await new Promise(setImmediate);
  collect();
  return objects.filter((object) => object.deref() !== undefined).length;
}
