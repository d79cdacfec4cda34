import { hostname, networkInterfaces } from 'node:os';

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Addresses that stand for all of a machine's. */
const ANY = new Set(['0.0.0.0', '::', '[::]']);
const PORT = /:\d+$/;

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(bracketed(host));
}

/** The names by which a client can reach what listens at `host`, and further ones. None has a port. */
export function namesOf(host: string, further: readonly string[] = []): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  const own = ANY.has(host) ? [hostname(), ...addresses] : [host];
  return new Set([...LOOPBACK, ...own.map(bracketed), ...further].map(nameOf));
}

/** Whether a request's `Host` is one of the names. A foreign page may have a name that leads here. */
export function isOneOf(names: ReadonlySet<string>, host = ''): boolean {
  return names.has(nameOf(host));
}

/** An IPv6 address stands in brackets in a URL. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

function nameOf(host: string): string {
  return host.replace(PORT, '').toLowerCase();
}
