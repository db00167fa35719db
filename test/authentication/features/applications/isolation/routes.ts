import type { Test } from 'supertest';
import { authenticationDocument } from '../../../../../src/authentication/http/openapi/document.js';
import { SECURITY_SCHEMES } from '../../../../../src/authentication/http/openapi/security-schemes.js';
import type { TestApplication } from '../../../../support/application.js';

/** The code of routes that only users of the root realm may use, because they own the applications. */
export const OF_THE_ROOT = 'root_realm_required';

export interface Route {
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  /** whether it requires the token of a session */
  readonly requiresSession: boolean;
  readonly isOfRoot: boolean;
  /** whether its path has ids */
  readonly hasIds: boolean;
  /** whether it takes a secret, an address or an id that could belong to the other application */
  readonly wantsAttempt: boolean;
}

interface Operation {
  security?: object[];
  parameters?: { in?: string; name?: string }[];
  requestBody?: { content: Record<string, { schema: { $ref?: string; properties?: object } }> };
  responses: Record<string, { description: string } | undefined>;
}

export function routesOf(app: TestApplication): Route[] {
  const { paths, components } = authenticationDocument(app.nest, { info: { title: 'x', version: '1' } });
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => {
      const schemes = (operation.security ?? []).map((scheme) => Object.keys(scheme)[0] ?? 'none');
      // It requires no token, or a token that is not a session's.
      const isOpen = schemes.length === 0 || schemes.some((scheme) => !(scheme in SECURITY_SCHEMES));
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method as Route['method'],
        path,
        requiresSession: schemes.some((scheme) => scheme in SECURITY_SCHEMES),
        isOfRoot: operation.responses['403']?.description.includes(OF_THE_ROOT) === true,
        hasIds: path.includes('{'),
        wantsAttempt:
          isOpen ||
          fieldsOf(operation, components?.schemas).some((field) =>
            /(^|_)(id|token|code|username|before)$/.test(field),
          ),
      };
    }),
  );
}

function fieldsOf({ parameters = [], requestBody }: Operation, schemas: object = {}): string[] {
  const queried = parameters.flatMap(({ in: place, name }) => (place === 'query' && name ? [name] : []));
  const sent = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => {
    const named = (schemas as Record<string, { properties?: object }>)[schema.$ref?.split('/').at(-1) ?? ''];
    return Object.keys((named ?? schema).properties ?? {});
  });
  return [...queried, ...sent];
}

type Client = ReturnType<TestApplication['as']>;
export type Ids = Readonly<Record<string, string | number>>;

/** @param ids for the path; 1 for each that is not given */
export function send(client: Client, { method, path }: Route, ids: Ids = {}): Test {
  return client[method](path.replace(/\{(\w+)\}/g, (_, name: string) => String(ids[name] ?? 1))).set(
    'Accept',
    'application/json',
  );
}
