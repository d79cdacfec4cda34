import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SERVER_NAME = 'temporal.test';
/** gRPC's frame of a message without any field. */
const EMPTY = Buffer.alloc(5);
const UNIMPLEMENTED = '12';

/** One call that a client made. */
export interface Call {
  readonly path: string;
  /** Common name in the certificate that the client has shown. */
  readonly client: string;
  readonly headers: IncomingHttpHeaders;
}

/** Takes calls of clients that show a certificate of its own authority, and answers none but the first question of an SDK. */
export class TlsServer {
  readonly calls: Call[] = [];
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(
    readonly folder: string,
    readonly server: Http2SecureServer,
  ) {
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
    });
    server.on('stream', (stream, headers) => {
      const { subject } = (stream.session?.socket as TLSSocket).getPeerCertificate();
      const call = { path: String(headers[':path']), client: String(subject.CN), headers };
      this.calls.push(call);
      const isKnown = call.path.endsWith('/GetSystemInfo');
      stream.on('error', () => undefined);
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': isKnown ? '0' : UNIMPLEMENTED }));
      stream.end(isKnown ? EMPTY : undefined);
    });
  }

  static async start(): Promise<TlsServer> {
    const folder = await mkdtemp(path.join(tmpdir(), 'temporal-limits-tls-'));
    await certify(folder);
    const read = (file: string): Promise<Buffer> => readFile(path.join(folder, file));
    const server = createSecureServer({
      key: await read('server.key'),
      cert: await read('server.crt'),
      ca: await read('ca.crt'),
      requestCert: true,
      rejectUnauthorized: true,
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TlsServer(folder, server);
  }

  /** What has the standard connection config reach it, with a client certificate and an API key. */
  environment(apiKey: string): Record<string, string> {
    return {
      TEMPORAL_ADDRESS: `127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      TEMPORAL_NAMESPACE: 'tenant',
      TEMPORAL_API_KEY: apiKey,
      TEMPORAL_TLS: 'true',
      TEMPORAL_TLS_SERVER_NAME: SERVER_NAME,
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: path.join(this.folder, 'ca.crt'),
      TEMPORAL_TLS_CLIENT_CERT_PATH: path.join(this.folder, 'client.crt'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: path.join(this.folder, 'client.key'),
    };
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions) session.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true });
  }
}

/** An authority for a day, and what it certifies: the server, and one client. */
async function certify(folder: string): Promise<void> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder });
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl(...newKey, '-x509', '-days', '1', '-subj', '/CN=authority', '-keyout', 'ca.key', '-out', 'ca.crt');
  await writeFile(path.join(folder, 'names'), `subjectAltName=DNS:${SERVER_NAME}\n`);
  for (const name of ['server', 'client']) {
    await openssl(...newKey, '-subj', `/CN=the ${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    await openssl(
      ...['x509', '-req', '-days', '1', '-in', `${name}.csr`, '-out', `${name}.crt`],
      ...['-CA', 'ca.crt', '-CAkey', 'ca.key', '-set_serial', name === 'server' ? '1' : '2', '-extfile', 'names'],
    );
  }
}
