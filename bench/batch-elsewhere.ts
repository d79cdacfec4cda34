/**
 * What a batch loses to an account that does not serve: two accounts at strict providers that do, and a third that answers
 * at once that it does not, in each of the ways that there are. Fails if an item did, if the third got more than 5 calls in
 * a minute, or if less than 90 % of the ideal of the two alone was reached.
 *
 *   npx tsx bench/batch-elsewhere.ts
 *   npx tsx bench/batch-elsewhere.ts --items 1000 --window 10 --calls 60 --only server_error
 */
import { parseArgs } from 'node:util';
import { commandLine, wholeOf } from '../scripts/support/command-line';
import { obtainTemporal } from '../scripts/support/obtain-temporal';
import { textOf } from '../simulator/loads/figure';
import { removeBatchFiles } from '../test/support/batch-command';
import { UNSERVED } from '../test/support/scripted-account';
import { measureElsewhere } from './elsewhere/measure';

const { only, ...account } = commandLine(readArguments, 'options: --items N --window SECONDS --calls N --only WAY');

async function main(): Promise<void> {
  await obtainTemporal();
  for (const way of Object.keys(UNSERVED)) {
    if (only !== undefined && only !== way) continue;
    const figures = await measureElsewhere({ ...account, way });
    console.log(`${way}: ${figures.map(textOf).join(', ')}`);
    if (figures.some(({ isKept }) => !isKept)) process.exitCode = 1;
  }
  await removeBatchFiles();
}

/** @throws Error that says what is wrong */
function readArguments(args: readonly string[]) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '1000' },
      window: { type: 'string', default: '10' },
      calls: { type: 'string', default: '60' },
      only: { type: 'string' },
    },
  });
  const ways = Object.keys(UNSERVED);
  if (values.only !== undefined && !ways.includes(values.only)) throw new Error(`--only: one of ${ways.join(', ')}`);
  return {
    items: wholeOf('items', values.items),
    windowSeconds: wholeOf('window', values.window),
    calls: wholeOf('calls', values.calls),
    only: values.only,
  };
}

void main().then(() => process.exit());
