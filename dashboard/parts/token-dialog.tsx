import type { JSX } from 'preact';
import { unlock, withdraw } from '../server';
import { Dialog } from './dialog';
import { formText } from './form-text';

/** Whoever may look without the token may leave what needs it. */
export function TokenDialog({ isForLooks }: { readonly isForLooks: boolean }): JSX.Element {
  const submit = (form: FormData): void => unlock(formText(form, 'token'));
  return (
    <Dialog
      title="This action needs the token"
      confirm="Continue"
      onSubmit={submit}
      {...(!isForLooks && { onClose: withdraw })}
    >
      <p>
        The command that started the dashboard printed an address with the token in it. Open that, or enter it here.
      </p>
      <label class="field">
        <span>Token</span>
        <input name="token" type="password" required autocomplete="off" pattern="[A-Za-z0-9._~\-]+" />
      </label>
    </Dialog>
  );
}
