/**
 * Limits per customer: a template creates the same limits for each customer on first use, and forgets unused ones. So
 * any number of customers can come and go. Here it is in memory mode; `mode: 'temporal'` shares the limits between
 * processes.
 *
 *   npx tsx examples/per-customer/main.ts
 */
import { CallLimit, LimitTemplate } from 'temporal-limits';
import { limited } from 'temporal-limits/worker';

/** What is done for a customer. */
async function summarise(customer: string, text: string): Promise<string> {
  return Promise.resolve(`${customer}: ${text.slice(0, 20)}`);
}

/** Two calls a minute for each customer: a third one would wait, and the others would not notice. */
export async function main(): Promise<Readonly<Record<string, number | undefined>>> {
  const perCustomer = new LimitTemplate({
    name: 'summaries',
    limits: [new CallLimit({ windowSeconds: 60, capacity: 2 })],
  });
  const activity = limited(summarise, { limits: (customer) => perCustomer.for(customer), timeout: '5s' });
  await Promise.all([activity('acme', 'A long text.'), activity('acme', 'Another.'), activity('globex', 'A third.')]);

  const left = async (customer: string) => (await perCustomer.for(customer).get('call_count').getStats()).available;
  const callsLeft = { acme: await left('acme'), globex: await left('globex') };
  await perCustomer.close();
  return callsLeft;
}

if (require.main === module) void main().then(console.log);
