import type { ComponentChildren, JSX, TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  /** What the button says that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly error?: string | undefined;
  readonly children: ComponentChildren;
  readonly onSubmit: (form: FormData) => void;
  /** Left out if there is no way around. */
  readonly onClose?: () => void;
}

/** A form in front of everything else, in the browser's own dialog: it keeps the focus, and Escape closes it. */
export function Dialog(props: DialogProps): JSX.Element {
  const { title, confirm, isDangerous = false, isBusy = false, error, children, onSubmit, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose?.();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onCancel={cancel}>
      <form onSubmit={submit}>
        <h2 id={heading}>{title}</h2>
        {children}
        {error !== undefined && (
          <p role="alert" class="error">
            {error}
          </p>
        )}
        <div class="buttons">
          {onClose !== undefined && (
            <button type="button" onClick={onClose}>
              Cancel
            </button>
          )}
          <button type="submit" class={isDangerous ? 'danger' : 'primary'} disabled={isBusy}>
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
