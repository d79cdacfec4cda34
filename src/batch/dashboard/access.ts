import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { UsageError } from '../errors/errors';
import { isLoopback, isOneOf, namesOf } from '../serve/host-names';
import type { ErrorView } from './views';

/** Who may see and change what. */
export interface Access {
  /** Names by which the dashboard may be asked for, without a port. */
  readonly hosts: ReadonlySet<string>;
  /** Where a proxy shows the dashboard, whatever it passes on as the `Host`: names, with a port if the browser shows one. */
  readonly origins: ReadonlySet<string>;
  /** Whether only this machine reaches it. */
  readonly isLoopback: boolean;
  readonly mayChange: boolean;
  /** What a change has to bring, and a look if others reach it. */
  readonly token: string;
}

/** A name, and a port or none. */
const NAME = /^(?:\[[\da-f:.]+\]|[^\s/:[\]]+)(?::\d+)?$/i;
/** A browser leaves them out. */
const USUAL_PORT = /:(?:80|443)$/;

/**
 * How the dashboard is reached that listens at `host`: by its names and by further ones.
 *
 * @throws {UsageError} if a further name is none
 */
export function reachedAt(
  host: string,
  further: readonly string[] = [],
): Pick<Access, 'hosts' | 'origins' | 'isLoopback'> {
  const wrong = further.find((name) => !NAME.test(name));
  if (wrong !== undefined) {
    throw new UsageError(
      `--allow-host takes a name, and a port if the browser shows one, such as limits.example.com:8443; got ${JSON.stringify(wrong)}`,
    );
  }
  return {
    hosts: namesOf(host, further),
    origins: new Set(further.map((name) => name.replace(USUAL_PORT, '').toLowerCase())),
    isLoopback: isLoopback(host),
  };
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
export function onlyOwn({ hosts, origins }: Access): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!isOneOf(hosts, host)) {
      return refuse(context, 403, 'This name does not belong to the dashboard: start it with --allow-host <name>.');
    }
    const origin = context.req.header('origin');
    if (origin !== undefined && !isAt(origin, [host.toLowerCase(), ...origins])) {
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

function isAt(origin: string, hosts: readonly string[]): boolean {
  return URL.canParse(origin) && hosts.includes(new URL(origin).host);
}

/** Takes as long for every wrong token. */
function isToken(authorization: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`));
}

function refuse(context: Context, status: 401 | 403 | 405, message: string): Response {
  return context.json<ErrorView>({ kind: 'access', message }, status);
}
