import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { AboutView } from '../src/batch/dashboard/views';
import { printable } from '../src/batch/text/printable';
import { About } from './about';
import { clock } from './format';
import { HealthPage } from './pages/health';
import { SetPage } from './pages/set';
import { SetsPage } from './pages/sets';
import { WhyPage } from './pages/why';
import { TokenDialog } from './parts/token-dialog';
import { type Route, useRoute } from './route';
import { type Link, useAbout, useLink } from './server';

export function App(): JSX.Element {
  const route = useRoute();
  const link = useLink();
  const about = useAbout();
  const main = useRef<HTMLElement>(null);
  const place = `${route.page} ${route.set}`;
  useTitle(route, about);
  useFocusOn(main, place);
  return (
    <About.Provider value={about}>
      <a class="skip" href="#main" onClick={(event) => skipTo(event, main.current)}>
        Skip to the content
      </a>
      <Header route={route} about={about} link={link} />
      <Banner link={link} />
      <main id="main" ref={main} tabIndex={-1} class={link.kind === 'away' ? 'stale' : ''}>
        <Page route={route} key={place} />
      </main>
      {link.kind === 'locked' && <TokenDialog isForLooks={link.isForLooks} />}
    </About.Provider>
  );
}

function Page({ route }: { readonly route: Route }): JSX.Element {
  switch (route.page) {
    case 'set':
      return <SetPage set={route.set} />;
    case 'why':
      return <WhyPage query={route.query} />;
    case 'health':
      return <HealthPage />;
    case 'sets':
      return <SetsPage query={route.query} />;
  }
}

interface HeaderProps {
  readonly route: Route;
  readonly about: AboutView | undefined;
  readonly link: Link;
}

const PAGES = [
  ['sets', '#/', 'Sets'],
  ['why', '#/why', 'Why'],
  ['health', '#/health', 'Health'],
] as const;

function Header({ route, about, link }: HeaderProps): JSX.Element {
  return (
    <header class="top">
      <div class="inner">
        <a class="brand" href="#/">
          <img src="icon.svg" alt="" width="22" height="22" />
          <span>temporal-limits</span>
        </a>
        <nav aria-label="Pages">
          {PAGES.map(([page, href, name]) => (
            <a key={page} href={href} aria-current={isAt(route, page) ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        {about !== undefined && (
          <p class="where">
            <span class="namespace">{about.namespace}</span> <span class="muted">{about.address}</span>
          </p>
        )}
        <LiveSign link={link} />
      </div>
    </header>
  );
}

/** A set's page belongs to the sets. */
function isAt({ page }: Route, other: string): boolean {
  return page === other || (page === 'set' && other === 'sets');
}

const SIGNS = { connecting: 'Connecting', live: 'Live', away: 'Not live', locked: 'Locked' } as const;

function LiveSign({ link }: { readonly link: Link }): JSX.Element {
  return (
    <p class={`sign ${link.kind}`} title={link.kind === 'live' ? `As of ${clock(link.at)}` : undefined}>
      {SIGNS[link.kind]}
    </p>
  );
}

/** The place for it is always there: a screen reader announces what changes in it. */
function Banner({ link }: { readonly link: Link }): JSX.Element {
  return (
    <div role="status" class="banner">
      {link.kind === 'away' && (
        <p>
          <strong>{link.message}</strong> {link.since !== undefined && `What you see is as of ${clock(link.since)}. `}
          Trying again every two seconds.
        </p>
      )}
    </div>
  );
}

function useTitle(route: Route, about: AboutView | undefined): void {
  const page = { sets: 'Sets', set: route.set, why: 'Why', health: 'Health' }[route.page];
  const where = about === undefined ? '' : ` · ${about.namespace}`;
  useEffect(() => {
    document.title = printable(`${page}${where} · temporal-limits`);
  }, [page, where]);
}

/**
 * Moves the focus to the content of a new page, for users of a keyboard or a screen reader. The focus moves as the page
 * is drawn, so that the page before takes no key.
 */
function useFocusOn(main: { readonly current: HTMLElement | null }, place: string): void {
  const first = useRef(place);
  useLayoutEffect(() => {
    if (first.current === place) return;
    first.current = '';
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [place]);
}

/** A link to `#main` would be taken for a page. */
function skipTo(event: Event, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}
