import type { OpenAPIObject } from '@nestjs/swagger';
import { validate } from '@readme/openapi-parser';
import { getMetadataStorage } from 'class-validator';
import type { Application } from 'express';
import { Problem } from '../../src/authentication/core/problems/problem.js';
import * as problems from '../../src/authentication/core/problems/problems.js';
import { BodyExtensions, type BodyClass } from '../../src/authentication/http/body/body-extensions.js';
import { HTTP_ADAPTERS } from '../../src/config/http-adapters.js';
import { serverSettings } from '../../src/config/settings.js';
import { previewDocument } from '../../src/docs/preview.js';
import type { TestApplication } from '../support/application.js';
import { startHost } from '../support/host.js';

const PREFIX = '/api/auth';

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  responses: Record<string, { description: string; headers: Record<string, object> }>;
}

function operationsOf(document: OpenAPIObject): (Operation & { route: string })[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      ...operation,
      route: `${method.toUpperCase()} ${path}`,
    })),
  );
}

for (const adapter of HTTP_ADAPTERS) {
  describe(`the OpenAPI document on ${adapter}`, () => {
    let app: TestApplication;
    let document: OpenAPIObject;

    beforeAll(async () => {
      app = await startHost({ adapter });
      document = (await app.anonymous.get('/openapi.json').expect(200)).body as OpenAPIObject;
    });
    afterAll(() => app.close());

    it('is valid OpenAPI 3.1', async () => {
      expect(document.openapi).toBe('3.1.0');
      expect(await validate(structuredClone(document) as never)).toMatchObject({ valid: true, warnings: [] });
    });

    it('lists exactly the routes of the router', () => {
      const known = routesOf(app).map((route) => route.replace(/:(\w+)/g, '{$1}'));
      expect(
        operationsOf(document)
          .map(({ route }) => route)
          .sort(),
      ).toEqual(known.sort());
      expect(known.length).toBeGreaterThan(25);
    });

    it('has a summary and Cache-Control for every route', () => {
      const ids = operationsOf(document).map(({ operationId, summary, tags, responses }) => {
        expect(tags).toHaveLength(1);
        expect({ operationId, summary }).toEqual({
          operationId,
          summary: expect.stringMatching(/\w/) as string,
        });
        for (const { headers } of Object.values(responses)) expect(headers).toHaveProperty('Cache-Control');
        return operationId;
      });
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('names the address of the server', () => {
      expect(document.servers).toEqual([{ url: app.url }]);
    });

    it('names the code of every failure', () => {
      const classes = Object.values(problems).filter(
        (value) => typeof value === 'function' && value.prototype instanceof Problem,
      ) as unknown as (new (argument: unknown[]) => Problem)[];
      const codes = [
        ...classes.map((Class) => new Class([]).code),
        problems.InvalidBody.of('email', 'missing').code,
        problems.InvalidBody.of('email', 'already_registered').code,
      ];
      const described = operationsOf(document).flatMap(({ responses }) =>
        Object.values(responses).map(({ description }) => description),
      );
      for (const code of codes) expect(described.join()).toContain(`\`${code}\``);
    });

    it('describes every field of every body', () => {
      const { validationMetadatas } = getMetadataStorage() as unknown as {
        validationMetadatas: Map<BodyClass, { propertyName: string }[]>;
      };
      const extensions = app.get(BodyExtensions);
      const schemas = document.components?.schemas ?? {};
      // The worker may have loaded bodies of other specs.
      const bodies = [...validationMetadatas].filter(([{ name }]) => name.endsWith('Dto') && name in schemas);
      expect(bodies.length).toBeGreaterThan(5);
      for (const [Body, own] of bodies) {
        const { name } = Body;
        const { properties } = schemas[name] as { properties: object };
        const added = extensions.of(Body).flatMap(({ fields }) => validationMetadatas.get(fields) ?? []);
        const named = new Set([...own, ...added].map(({ propertyName }) => propertyName));
        expect({ name, fields: Object.keys(properties) }).toEqual({ name, fields: [...named] });
      }
    });

    // The first is the default: an embedded database.
    for (const DATABASE_URL of [undefined, 'postgres://nobody@127.0.0.1:1/nowhere']) {
      it(`equals the document that is printed without a server, with DATABASE_URL ${DATABASE_URL ?? 'unset'}`, async () => {
        const settings = serverSettings({
          APP_NAME: 'Acme',
          APP_URL: app.url,
          SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
          HTTP_ADAPTER: adapter,
          DATABASE_URL,
        });
        expect(JSON.parse(JSON.stringify(await previewDocument(settings)))).toEqual(document);
      });
    }
  });

  describe(`the OpenAPI document under ROUTE_PREFIX on ${adapter}`, () => {
    let app: TestApplication;

    beforeAll(async () => {
      app = await startHost({ adapter, variables: { ROUTE_PREFIX: PREFIX } });
    });
    afterAll(() => app.close());

    it('has the prefix in its address and in its server, not in its paths', async () => {
      const { body } = await app.anonymous.get(`${PREFIX}/openapi.json`).expect(200);
      const { servers, paths } = body as OpenAPIObject;
      expect(servers).toEqual([{ url: `${app.url}${PREFIX}` }]);
      expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/sign_up', '/docs', '/health/live']));
      await app.anonymous.get(`${PREFIX}/docs`).expect(200);
      await app.anonymous.get('/openapi.json').expect(404);
      await app.anonymous.get('/docs').expect(404);
    });
  });
}

/** The routes of the adapter's own router, without the HEAD that comes with every GET. */
function routesOf(app: TestApplication): string[] {
  const adapter = app.nest.getHttpAdapter();
  if (adapter.getType() === 'express') {
    const { stack } = (adapter.getInstance() as Application).router;
    return stack.flatMap(({ route }) =>
      route === undefined ? [] : route.stack.map(({ method }) => `${method.toUpperCase()} ${route.path}`),
    );
  }
  // Fastify prints a tree: each line has the end of a path and is indented by four columns more than its parent.
  const above: string[] = [];
  return (adapter.getInstance() as { printRoutes(options: object): string })
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', end = '', methods = ''] = /^([│ ]*)[├└]── (\S*)(?: \((.*)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      above[depth] = `${above[depth - 1] ?? ''}${end}`;
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD')
        .map((method) => `${method} ${above[depth]}`);
    });
}
