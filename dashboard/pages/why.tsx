import type { JSX, TargetedSubmitEvent } from 'preact';
import type { WhyView } from '../../src/batch/dashboard/views';
import { formText } from '../parts/form-text';
import { WhyPanel } from '../parts/why-panel';
import { toSet, toWhy } from '../route';
import { useLive } from '../server';

export function WhyPage({ query }: { readonly query: URLSearchParams }): JSX.Element {
  const [set, workflow] = [query.get('set') ?? '', query.get('workflow') ?? ''];
  const what = set !== '' ? { set } : { workflow };
  return (
    <>
      <h1>Why is it waiting?</h1>
      <Question key={`${set} ${workflow}`} isSet={set !== '' || workflow === ''} text={set || workflow} />
      {set + workflow !== '' && <Answer path={`api/why?${new URLSearchParams(what).toString()}`} />}
    </>
  );
}

function Question({ isSet, text }: { readonly isSet: boolean; readonly text: string }): JSX.Element {
  const ask = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wanted = formText(form, 'text');
    location.hash = toWhy(form.get('kind') === 'workflow' ? { workflow: wanted } : { set: wanted });
  };
  return (
    <form class="panel question" onSubmit={ask}>
      <fieldset>
        <legend>Ask about</legend>
        <label>
          <input type="radio" name="kind" value="set" defaultChecked={isSet} /> a limit set
        </label>
        <label>
          <input type="radio" name="kind" value="workflow" defaultChecked={!isSet} /> a workflow
        </label>
      </fieldset>
      <label class="field">
        <span>Name of the set, or id of the workflow</span>
        <input name="text" required defaultValue={text} autocomplete="off" spellcheck={false} />
      </label>
      <button type="submit" class="primary">
        Ask
      </button>
    </form>
  );
}

function Answer({ path }: { readonly path: string }): JSX.Element {
  const { value, refusal } = useLive<WhyView>(path);
  const answers = value?.answers;
  if (refusal !== undefined) return <p class="error">{refusal}</p>;
  if (answers === undefined) return <p class="muted">Asking …</p>;
  if (answers.length === 0) return <p class="panel empty">It is not waiting for a limit.</p>;
  return (
    <>
      {answers.map((why) => (
        <section key={why.set} aria-label={why.set}>
          <h2>
            <a href={toSet(why.set)}>{why.set}</a>
          </h2>
          <WhyPanel why={why} />
        </section>
      ))}
    </>
  );
}
