import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import type { Client } from '../../core/clients/client.js';
import { InvalidBody, NotFound } from '../../core/problems/problems.js';
import type { Realm } from '../../core/realms/realm.js';
import { pastedToken } from '../../core/unicode/typed.js';
import { RequestClients } from '../client/request-clients.js';
import { RequestRealms, type RealmOfRequest } from '../realm/request-realms.js';
import type { HttpRequest } from '../request/http.js';

// Custom parameters instead of @Req() or @Body(): the host's global `ValidationPipe` ignores them.
const Request = createParamDecorator((_: unknown, context: ExecutionContext) =>
  context.switchToHttp().getRequest<HttpRequest>(),
);

@Injectable()
class ClientPipe implements PipeTransform<HttpRequest, Promise<Client>> {
  constructor(private readonly clients: RequestClients) {}

  transform(request: HttpRequest): Promise<Client> {
    return this.clients.of(request);
  }
}

@Injectable()
class RealmPipe implements PipeTransform<HttpRequest, Promise<Realm>> {
  constructor(private readonly realms: RequestRealms) {}

  async transform(request: HttpRequest): Promise<Realm> {
    return (await this.realms.resolve(request)).realm;
  }
}

@Injectable()
class RealmOfRequestPipe implements PipeTransform<HttpRequest, Promise<RealmOfRequest>> {
  constructor(private readonly realms: RequestRealms) {}

  async transform(request: HttpRequest): Promise<RealmOfRequest> {
    return this.realms.resolve(request);
  }
}

/** The client: its address, user agent and language. */
export const CurrentClient = (): ParameterDecorator => Request(ClientPipe);

/** The realm that the request belongs to. */
export const CurrentRealm = (): ParameterDecorator => Request(RealmPipe);

/** The realm, and whether the request chose it. For mailed tokens, which are used in their own realm if it did not. */
export const ChosenRealm = (): ParameterDecorator => Request(RealmOfRequestPipe);

/** The request itself, to read its headers. */
export const CurrentRequest = (): ParameterDecorator => Request();

/**
 * A query parameter as text, without the white space and the invisible characters that a copied link has at its end; null
 * if it is absent, empty or sent twice.
 */
export const QueryText = createParamDecorator((name: string, context: ExecutionContext): string | null => {
  const text = pastedToken(textOf(name, context));
  return text === '' ? null : text;
});

/** An email address in a link. Some gateways write its `%2B` as `+`, which a query reads as a space; it has none. */
export const QueryEmail = createParamDecorator((name: string, context: ExecutionContext): string | null => {
  const text = textOf(name, context).replace(/ /g, '+');
  return text === '' ? null : text;
});

function textOf(name: string, context: ExecutionContext): string {
  const query = context.switchToHttp().getRequest<HttpRequest>().query as Record<string, unknown> | undefined;
  const value = query?.[name];
  return typeof value === 'string' ? value : '';
}

interface WholeNumber {
  name: string;
  min: number;
  max: number;
}

/** A whole number of the query; null if it is absent. @throws InvalidBody `invalid` on its name */
export const QueryWhole = createParamDecorator(
  ({ name, min, max }: WholeNumber, context: ExecutionContext): number | null => {
    const query = context.switchToHttp().getRequest<HttpRequest>().query as
      Record<string, unknown> | undefined;
    const value = query?.[name];
    if (value === undefined) return null;
    const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) throw InvalidBody.of(name, 'invalid');
    return number;
  },
);

/** A flag of the query, `true` or `false`; false if it is absent. @throws InvalidBody `invalid` on its name */
export const QueryFlag = createParamDecorator((name: string, context: ExecutionContext): boolean => {
  const query = context.switchToHttp().getRequest<HttpRequest>().query as Record<string, unknown> | undefined;
  const value = query?.[name] ?? 'false';
  if (value !== 'true' && value !== 'false') throw InvalidBody.of(name, 'invalid');
  return value === 'true';
});

/** The id in a path. A malformed id gets the same 404 as one that does not exist (OWASP ASVS 8.2.2). */
export const IdParameter = createParamDecorator((name: string, context: ExecutionContext): number => {
  const { params } = context.switchToHttp().getRequest<{ params: Record<string, string> }>();
  const text = params[name] ?? '';
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new NotFound();
  return Number(text);
});
