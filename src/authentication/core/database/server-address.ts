import { Client, type ClientConfig } from 'pg';
import { SettingError } from '../settings/environment.js';

/** How `sslmode` may be given. `pg` takes any other word for "verify", without a complaint. */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

const VERIFYING = ['prefer', 'require', 'verify-ca'];

/** login, place, path, query */
const PARTS = /^postgres(?:ql)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;

/** What `pg` reads out of a URL itself, in an undocumented part of its client. */
interface Parameters {
  connectionParameters: Pick<ClientConfig, 'ssl' | 'options' | 'application_name'> & {
    sslnegotiation?: string;
  };
}

/**
 * The parts of a `postgres://` URL, as `psql` reads them: the host may be a directory of a socket (`?host=/run/postgresql`,
 * `%2Frun%2Fpostgresql`), and every part may have percent-encoded characters. `pg` itself decodes only some of them.
 * @param name what the URL is called in a message, such as the name of its variable
 * @throws SettingError with one line, which does not show the URL: it has a password
 */
export function serverAddress(url: string, name = 'The URL of the database'): ClientConfig {
  const [, login = '', place = '', path = '', query = ''] = PARTS.exec(url) ?? refuse(name, RESERVED);
  if (/%(?![0-9a-f]{2})/i.test(url))
    refuse(name, 'has a % that encodes nothing: write %25 for a % of a name or a password');
  if (path.includes('@') && login === '') refuse(name, RESERVED);
  const more = new URLSearchParams(query);
  const part = (key: string, given = ''): string | undefined => {
    const value = more.get(key) ?? decoded(given, name);
    return value === '' ? undefined : value;
  };
  const [, user, password] = /^([^:]*):?([^]*)$/.exec(login) ?? [];
  const [, host, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(place) ?? refuse(name, RESERVED);
  return {
    user: part('user', user),
    password: part('password', password),
    host: part('host', host?.replace(/^\[(.*)\]$/, '$1')),
    port: portOf(part('port', port), name),
    database: part('dbname', path),
    ...security(more, name),
  };
}

const RESERVED =
  'cannot be read: it is postgres://USER:PASSWORD@HOST:PORT/DATABASE, and the characters @ : / ? # % and space ' +
  'of a name or a password are written as %40 %3A %2F %3F %23 %25 %20';

function refuse(name: string, reason: string): never {
  throw new SettingError(`${name} ${reason}`);
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(name, 'has percent-encoded characters that are not UTF-8');
  }
}

function portOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) refuse(name, RESERVED);
  return port;
}

/** TLS and what else the query may hold, as `pg` reads it. */
function security(query: URLSearchParams, name: string): ClientConfig {
  const mode = query.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) refuse(name, `takes sslmode=${SSL_MODES.join(', ')}`);
  const rest = new URLSearchParams(
    [...query].filter(([key]) => !['user', 'password', 'host', 'port'].includes(key)),
  );
  // `pg` checks the certificate in each of these modes, but would print a warning of several lines for the others.
  if (VERIFYING.includes(mode ?? '') && query.get('uselibpqcompat') !== 'true')
    rest.set('sslmode', 'verify-full');
  try {
    const client = new Client({ connectionString: `postgres://localhost/?${rest.toString()}` });
    const { ssl, options, sslnegotiation, application_name } = (client as unknown as Parameters)
      .connectionParameters;
    return withoutUndefined({ ssl, options, sslnegotiation, application_name });
  } catch (error) {
    return refuse(name, `cannot be used: ${(error as Error).message}`);
  }
}

function withoutUndefined(config: object): ClientConfig {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
