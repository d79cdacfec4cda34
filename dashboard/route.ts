import { useEffect, useState } from 'preact/hooks';

/** Which page is shown. It stands behind the `#` of the address, so that Back and bookmarks work. */
export interface Route {
  readonly page: 'sets' | 'set' | 'why' | 'health';
  /** Of a set's page. */
  readonly set: string;
  readonly query: URLSearchParams;
}

export function toSet(set: string): string {
  return `#/set/${encodeURIComponent(set)}`;
}

export function toSets(find: string, page: number): string {
  const query = new URLSearchParams({ ...(find !== '' && { find }), ...(page > 0 && { page: String(page) }) });
  return `#/?${query.toString()}`;
}

export function toWhy(query: { readonly set: string } | { readonly workflow: string }): string {
  return `#/why?${new URLSearchParams({ ...query }).toString()}`;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parse(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.slice(1).split('?');
  const [, page = '', name = ''] = path.split('/');
  const found = (['set', 'why', 'health'] as const).find((known) => known === page);
  return { page: found ?? 'sets', set: decode(name), query: new URLSearchParams(query) };
}

/** Somebody may have typed the address. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
