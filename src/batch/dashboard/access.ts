import { createHash, timingSafeEqual } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ErrorView } from './views';

/** Who may see and change what. */
export interface Access {
  /** Names by which the dashboard may be asked for, without a port. */
  readonly hosts: ReadonlySet<string>;
  /** Whether only this machine reaches it. */
  readonly isLoopback: boolean;
  readonly mayChange: boolean;
  /** What a change has to bring, and a look if others reach it. */
  readonly token: string;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Addresses that stand for all of a machine's. */
const ANY = new Set(['0.0.0.0', '::', '[::]']);

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(bracketed(host));
}

/** The names by which a client can reach what listens at `host`, and further ones. */
export function namesOf(host: string, further: readonly string[] = []): ReadonlySet<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  const own = ANY.has(host) ? [hostname(), ...addresses] : [host];
  return new Set([...LOOPBACK, ...own.map(bracketed), ...further].map((name) => name.toLowerCase()));
}

/** An IPv6 address stands in brackets in a URL. */
function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

/** No script, style or connection but the dashboard's own, and no page around it. */
export const strictHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  referrerPolicy: 'no-referrer',
  xFrameOptions: 'DENY',
  strictTransportSecurity: false,
});

/**
 * Answers 403 to a name that is not the dashboard's (a foreign page may have a name that leads here), and to what
 * another page sends.
 */
export function onlyOwn({ hosts }: Access): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!hosts.has(host.replace(/:\d+$/, '').toLowerCase())) {
      return refuse(context, 403, 'This name does not belong to the dashboard: start it with --allow-host <name>.');
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && !isOf(origin, host)) {
      return refuse(context, 403, 'Another page may not use the dashboard.');
    }
    return next();
  };
}

/** Answers 405 to a change where none is allowed, and 401 to who does not bring the token. */
export function onlyAllowed({ mayChange, isLoopback: isOwn, token }: Access): MiddlewareHandler {
  return async (context, next) => {
    const isLook = context.req.method === 'GET' || context.req.method === 'HEAD';
    if (!isLook && !mayChange) {
      context.header('Allow', 'GET, HEAD');
      return refuse(context, 405, 'The dashboard is read-only: start it with --allow-changes to change something.');
    }
    if ((isLook && isOwn) || isToken(context.req.header('authorization'), token)) return next();
    context.header('WWW-Authenticate', 'Bearer');
    return refuse(context, 401, 'The token is missing or wrong: the command printed it as it started.');
  };
}

function isOf(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

/** Takes as long for every wrong token. */
function isToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

function refuse(context: Context, status: 401 | 403 | 405, message: string): Response {
  return context.json<ErrorView>({ kind: 'access', message }, status);
}
