import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../errors/exit-code';
import { UsageError } from '../errors/errors';
import { inspectionText } from '../look/inspection-text';
import { examine } from '../look/examination';
import { findingsText } from '../look/findings-text';
import { inventoryText } from '../report/inventory-report';
import { needsSomebody, whyText } from '../look/why-text';
import { type Answer, type Answering, type CommonOptions, meantBy } from './answering';
import { takeInventory } from '../temporal/inventory';
import { SET_STATES, type SetState, stateName } from '../temporal/set-state';
import { type Session } from './session';
import { topCommand } from './top-command';

const MOST_CLIENTS = 100;

const LS_HELP = `
States of a limiter:
${Object.entries(SET_STATES)
  .map(([state, { means }]) => `  ${stateName(state as SetState).padEnd(12)} ${means}`)
  .join('\n')}
In JSON a state of two words has \`_\` between them. Payloads that are encoded need --data-converter.
A batch is \`running\`, \`paused\`, \`abandoned\`, when no process runs it, or \`unanswered\`: then a process that polled its
task queue within the last 70 s has ended, or has another data converter than this command. \`run age\` counts from the
start of the current workflow run.

Examples:
  temporal-limits ls
  temporal-limits ls -o json | jq -r '.limiters[] | select(.waiting > 0) | .set'`;

const STATS_HELP = `
\`used\` counts at the provider; \`granted\` is handed out to clients and has not started; \`wanted\` is what those that wait ask
for. \`from\` says where the capacity comes from: the code, an operator, the provider, or what adapts to it.

Examples:
  temporal-limits stats openai-eu
  temporal-limits stats openai-eu --clients 100 -o json | jq '.clients[] | select(.waiting > 0)'

Exit codes: 0 ok, 2 no such limiter, or nobody answers.`;

const WHY_HELP = `
Causes that pass by themselves:
  NONE         nobody waits
  LIMIT        a call or rate limit has no room
  PERMITS      all permits of a resource limit are in use
  PAUSED       an operator has stopped the set, or its provider has asked to be left alone for a while
Causes that need somebody:
  CIRCUIT      the provider does not serve the account: look at its key and its quota
  TOO_BIG      more is asked for than the capacity that counts now
  FULL         the limiter has no room for more clients
  UNHOSTED     no process runs limiters: start a worker
  STUCK        the limiter does not get on
  NOT_STARTED  no limiter of this name runs

Examples:
  temporal-limits why openai-eu
  temporal-limits why openai-eu -o json | jq -r .cause
  temporal-limits why --workflow order-4711

Exit codes: 0 nothing waits, or it will be served; 1 what waits needs somebody; 2 bad input, or the server is away.`;

const DOCTOR_HELP = `
Looks whether the server answers, who runs the limiters, which of them do not answer, what waits for something that will
not come by itself or has waited for a minute, and what is unusual: paused sets, changes by operators, widened guards,
refusals of the last hour, others who use the account, providers that name other limits.

Examples:
  temporal-limits doctor
  temporal-limits doctor -o json | jq '.findings[] | select(.status == "wrong")'

Exit codes: 0 nothing is wrong, 1 something is, 2 bad input, or the server is away.`;

interface StatsFlags extends CommonOptions {
  readonly clients: number;
  readonly from: number;
}

/** The commands that look at limits while they are used. None of them costs history. */
export function lookCommands(answering: Answering): Command[] {
  return [
    answering
      .command('ls', 'list the limiters and the open batches of a namespace', LS_HELP)
      .action((flags: CommonOptions) =>
        answering.answer(flags, async (session): Promise<Answer> => {
          const found = await takeInventory(session);
          return { json: found, text: (style) => inventoryText(found, Date.now(), style) };
        }),
      ),
    topCommand(answering),
    answering
      .command('stats', 'show everything about a set: limits, who waits, clients, changes', STATS_HELP)
      .argument('<set>', 'the limit set')
      .option('--clients <number>', `how many clients to list, up to ${MOST_CLIENTS}`, wholeUpTo(MOST_CLIENTS), 20)
      .option('--from <number>', 'at which client the list begins', wholeUpTo(1e9), 0)
      .action((set: string, { clients, from, ...flags }: StatsFlags) =>
        answering.answer(flags, async ({ admin }): Promise<Answer> => {
          const inspection = await admin.set(set).inspect({ clients, firstClient: from });
          return { json: inspection, text: (style) => inspectionText(inspection, style) };
        }),
      ),
    answering
      .command('why', 'say why a set, or a workflow, waits for its limits', WHY_HELP)
      .argument('[set]', 'the limit set')
      .option('--workflow <id>', 'a workflow that waits, instead of a set')
      .action((set: string | undefined, { workflow, ...flags }: CommonOptions & { readonly workflow?: string }) =>
        answering.answer(flags, (session) => why(session, set, workflow)),
      ),
    answering
      .command('doctor', 'look for whatever may be wrong with the limits of a namespace', DOCTOR_HELP)
      .action((flags: CommonOptions) => answering.answer(flags, doctor)),
  ];
}

async function why(session: Session, set: string | undefined, workflow: string | undefined): Promise<Answer> {
  if (set !== undefined && workflow === undefined) {
    const found = await session.admin.set(set).why();
    const code = needsSomebody(found) ? EXIT.someFailed : EXIT.ok;
    if (found.cause !== 'NOT_STARTED') return { json: found, text: (style) => whyText(found, Date.now(), style), code };
    const meant = await meantBy(session, set);
    const hint = meant === undefined ? '' : `  did you mean ${JSON.stringify(meant)}?\n`;
    return { json: found, text: (style) => whyText(found, Date.now(), style) + hint, code };
  }
  if (set !== undefined || workflow === undefined) {
    throw new UsageError('name what waits: either a set, or a workflow with --workflow <id>');
  }
  const found = await session.admin.whyWorkflow(workflow);
  const nothing = `workflow ${workflow} waits for no limits\n`;
  return {
    json: found,
    text: (style) => found.map((each) => whyText(each, Date.now(), style)).join('') || nothing,
    code: found.some(needsSomebody) ? EXIT.someFailed : EXIT.ok,
  };
}

async function doctor(session: Session): Promise<Answer> {
  const findings = await examine(session);
  const isOk = findings.every(({ status }) => status !== 'wrong');
  return {
    json: { ok: isOk, findings },
    text: (style) => findingsText(findings, style),
    code: isOk ? EXIT.ok : EXIT.someFailed,
  };
}

function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  };
}
