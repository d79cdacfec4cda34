import type { ComponentChildren, JSX } from 'preact';
import { needsSomebody, type Why } from '../../src/limiter/control/why';
import { amounts, count, duration, moment } from '../format';
import { Fact } from './fact';

/** The one reason for which acquisitions wait. */
export function WhyPanel({ why }: { readonly why: Why }): JSX.Element {
  const { cause, summary, advice, needs, client, expectedAt, waiting } = why;
  return (
    <div class={`panel why ${needsSomebody(why) ? 'bad' : cause === 'NONE' ? 'ok' : 'watch'}`}>
      <p class="cause">
        <code>{cause}</code>
        {waiting > 0 && <span class="muted">{count(waiting)} waiting</span>}
      </p>
      <p class="summary">{summary}</p>
      {advice !== undefined && <p>{withCode(advice)}</p>}
      {(needs ?? client ?? expectedAt) !== undefined && (
        <dl class="facts">
          {needs !== undefined && <Fact name="Needs">{amounts(needs)}</Fact>}
          {client !== undefined && <Fact name="Next">{client}</Fact>}
          {expectedAt !== undefined && (
            <Fact name="Expected">
              {moment(expectedAt)} <span class="muted">{fromNow(expectedAt)}</span>
            </Fact>
          )}
        </dl>
      )}
    </div>
  );
}

function fromNow(at: number): string {
  const ms = at - Date.now();
  return ms > 0 ? `in ${duration(ms)}` : 'now';
}

/** What stands in backticks is a command or a name. */
function withCode(text: string): ComponentChildren {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
