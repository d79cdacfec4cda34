import { useEffect, useState } from 'preact/hooks';
import type { AboutView, ErrorView, SetChange } from '../src/batch/dashboard/views';
import type { ChangeOutcome } from '../src/limiter/control/change';

/** Whether what is shown is what there is. */
export type Link =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly at: number }
  /** Temporal, or the dashboard's own process, does not answer. */
  | { readonly kind: 'away'; readonly message: string; readonly since: number | undefined }
  /** The server wants the token: for every look, or for a change only. */
  | { readonly kind: 'locked'; readonly isForLooks: boolean };

/** What a page has, and why it has nothing newer. */
export interface Live<T> {
  readonly value?: T | undefined;
  /** The server understood, and refused. */
  readonly refusal?: string | undefined;
}

/** How often a page asks. Unit: milliseconds. */
const EVERY_MS = 2_000;
/** Who takes longer does not answer. Unit: milliseconds. */
const PATIENCE_MS = 8_000;
/** The server itself waits 10 s for a change, and then says until when it may still be made. Unit: milliseconds. */
const CHANGE_PATIENCE_MS = 15_000;
const TOKEN = 'temporal-limits-token';

/** An answer that is no answer. */
class ServerError extends Error {
  constructor(
    readonly status: number,
    readonly kind: ErrorView['kind'],
    message: string,
  ) {
    super(message);
  }
}

/** Has every page ask at once, and tells the shell how the server is. */
const events = new EventTarget();
let link: Link = { kind: 'connecting' };

/** The command prints an address with the token behind the `#`, which no server sees. It leaves the address bar at once. */
export function takeToken(): void {
  const found = /^#token=([\w.~-]+)$/.exec(location.hash)?.[1];
  if (found === undefined) return;
  sessionStorage.setItem(TOKEN, found);
  history.replaceState(null, '', '#/');
}

export function unlock(token: string): void {
  sessionStorage.setItem(TOKEN, token);
  withdraw();
}

/** Goes on without the token. */
export function withdraw(): void {
  tell({ kind: 'connecting' });
  refresh();
}

/** Whatever is shown is asked for anew. */
function refresh(): void {
  events.dispatchEvent(new Event('refresh'));
}

export function useLink(): Link {
  const [shown, show] = useState(link);
  useEffect(() => {
    const update = (): void => show(link);
    update();
    events.addEventListener('link', update);
    return () => events.removeEventListener('link', update);
  }, []);
  return shown;
}

/** What the server has at a path, every two seconds anew. While it is asked for something else, what was there stays. */
export function useLive<T extends object>(path: string): Live<T> {
  const [live, show] = useState<Live<T>>({});
  useEffect(() => {
    const left = new AbortController();
    void follow<T>(path, left.signal, (next) => show((before) => ({ ...before, refusal: undefined, ...next })));
    return () => left.abort();
  }, [path]);
  return live;
}

/** What the server is and allows never changes: it is asked for until it is there. */
export function useAbout(): AboutView | undefined {
  const [about, setAbout] = useState<AboutView>();
  useEffect(() => {
    const left = new AbortController();
    void follow<AboutView>('api/about', left.signal, ({ value }) => {
      if (value === undefined) return;
      setAbout(value);
      left.abort();
    });
    return () => left.abort();
  }, []);
  return about;
}

async function follow<T extends object>(path: string, left: AbortSignal, show: (next: Live<T>) => void): Promise<void> {
  const isLeft = (): boolean => left.aborted;
  while (!isLeft()) {
    const next = await look<T>(path, left);
    if (next !== undefined && !isLeft()) show(next);
    if (!isLeft()) await wakeUp(left);
  }
}

async function look<T extends object>(path: string, left: AbortSignal): Promise<Live<T> | undefined> {
  try {
    const value = await ask<T>(path, { signal: left });
    tell({ kind: 'live', at: Date.now() });
    return { value };
  } catch (error) {
    if (left.aborted) return undefined;
    if (!(error instanceof ServerError)) {
      tell(away("The dashboard's own process does not answer."));
    } else if (error.kind === 'away') {
      tell(away(error.message));
    } else if (error.status === 401) {
      tell({ kind: 'locked', isForLooks: true });
    } else {
      tell({ kind: 'live', at: Date.now() });
      return { refusal: error.message };
    }
    return undefined;
  }
}

/** @throws {Error} with the reason, in words */
export async function change(request: SetChange): Promise<ChangeOutcome> {
  const headers = { 'Content-Type': 'application/json' };
  try {
    return await ask<ChangeOutcome>(
      'api/change',
      { method: 'POST', headers, body: JSON.stringify(request) },
      CHANGE_PATIENCE_MS,
    );
  } catch (error) {
    if (!(error instanceof ServerError)) {
      throw new Error('No answer arrived. Check whether the change was made before you try again.', { cause: error });
    }
    if (error.status === 401) tell({ kind: 'locked', isForLooks: false });
    throw error;
  } finally {
    refresh();
  }
}

async function ask<T>(path: string, init: RequestInit, patienceMs = PATIENCE_MS): Promise<T> {
  const token = sessionStorage.getItem(TOKEN);
  const headers = new Headers(init.headers);
  if (token !== null) headers.set('Authorization', `Bearer ${token}`);
  const patience = AbortSignal.timeout(patienceMs);
  const signal = init.signal ? AbortSignal.any([init.signal, patience]) : patience;
  const response = await fetch(path, { ...init, headers, signal, cache: 'no-store' });
  if (response.ok) return (await response.json()) as T;
  const { kind, message } = (await response.json()) as ErrorView;
  throw new ServerError(response.status, kind, message);
}

/** What is shown is as of the last answer, if there was one. */
function away(message: string): Link {
  const since = link.kind === 'live' ? link.at : link.kind === 'away' ? link.since : undefined;
  return { kind: 'away', message, since };
}

function tell(next: Link): void {
  // who may look without the token is answered while a change waits for it
  if (link.kind === 'locked' && next.kind !== 'connecting') return;
  link = next;
  events.dispatchEvent(new Event('link'));
}

/** Resolves when it is time to ask again: not while nobody sees the page. */
function wakeUp(left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const awake = new AbortController();
    const timer = setTimeout(() => (document.hidden ? undefined : wake()), EVERY_MS);
    const wake = (): void => {
      clearTimeout(timer);
      awake.abort();
      resolve();
    };
    const { signal } = awake;
    document.addEventListener('visibilitychange', () => (document.hidden ? undefined : wake()), { signal });
    events.addEventListener('refresh', wake, { signal });
    left.addEventListener('abort', wake, { signal });
  });
}
