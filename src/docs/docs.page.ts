import type { OpenAPIObject } from '@nestjs/swagger';
import Handlebars from 'handlebars';
import type { Page } from '../authentication/http/pages/page.js';

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<
    string,
    { description: string; headers?: object; content?: Record<string, { schema: Schema }> }
  >;
}

const templates = Handlebars.create();

const page = templates.compile<ReturnType<typeof viewOf>>(`
{{#each about}}<p>{{prose this}}</p>
{{/each}}<p>Base: <code>{{base}}</code>. The document itself: <a href="openapi.json">openapi.json</a>, for clients and their generators.</p>
{{#each groups}}<h2>{{name}}</h2>
{{#each routes}}<article>
<details>
<summary><code>{{method}} {{path}}</code> {{summary}}</summary>
{{#if details}}<p>{{prose details}}</p>{{/if}}
{{#if caller}}<p>{{caller}}</p>{{/if}}
{{#if fields}}<p>Fields:</p>
{{> fields}}{{/if}}
<p>Answers:</p>
<ul>
{{#each answers}}<li><strong>{{status}}</strong> {{prose description}}{{#if is}} (<code>{{is}}</code>){{/if}}{{#if headers}}, with {{headers}}{{/if}}</li>
{{/each}}</ul>
</details>
</article>
{{/each}}{{/each}}<h2>Objects</h2>
{{#each objects}}<article id="{{name}}">
<h3>{{name}}</h3>
{{> fields}}</article>
{{/each}}`);

/** Text with `code` in it, escaped. */
templates.registerHelper('prose', (text: string) => {
  const html = Handlebars.escapeExpression(text.replaceAll('`', '\0'));
  return new Handlebars.SafeString(html.replace(/\0([^\0]*)\0/g, '<code>$1</code>'));
});

templates.registerPartial(
  'fields',
  `<ul>
{{#each fields}}<li><code>{{name}}</code> {{type}}{{#unless required}}, optional{{/unless}}{{#if description}}: {{prose description}}{{/if}}</li>
{{/each}}</ul>
`,
);

/** The document for people, without a script: everything is in the page. */
export function docsPage(document: OpenAPIObject): Page {
  return { title: 'API', body: page(viewOf(document)), wide: true };
}

function viewOf(document: OpenAPIObject) {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const routes = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
      group: operation.tags?.[0] ?? '',
      ...routeOf(method, path, operation, schemas),
    })),
  );
  const tags = (document.tags ?? []).map(({ name }) => name);
  return {
    about: (document.info.description ?? '').split('\n\n'),
    base: document.servers?.[0]?.url,
    groups: [...new Set([...tags, ...routes.map(({ group }) => group)])].map((name) => ({
      name,
      routes: routes.filter(({ group }) => group === name),
    })),
    objects: Object.entries(schemas)
      .map(([name, schema]) => ({ name, fields: fieldsOf(schema) }))
      .filter(({ name, fields }) => name.endsWith('View') && fields.length > 0),
  };
}

function routeOf(method: string, path: string, operation: Operation, schemas: Record<string, Schema>) {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const queried = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const query = queried.map(({ name }) => `${name}=`).join('&');
  return {
    method: method.toUpperCase(),
    path: query === '' ? path : `${path}?${query}`,
    summary: operation.summary,
    details: operation.description,
    caller: callerOf(operation.security ?? []),
    fields: body === undefined ? undefined : fieldsOf(schemas[nameOf(body)] ?? body),
    answers: Object.entries(operation.responses).map(
      ([status, { description, headers = {}, content = {} }]) => ({
        status,
        description,
        is: Number(status) < 400 ? typesOf(content) : undefined,
        headers: Object.keys(headers)
          .filter((header) => header !== 'Cache-Control')
          .join(', '),
      }),
    ),
  };
}

function callerOf(security: readonly object[]): string | undefined {
  if (security.length === 0) return undefined;
  const isOptional = security.some((scheme) => Object.keys(scheme).length === 0);
  return isOptional ? 'A token is not wanted; one that is sent must be good.' : 'Wants a token.';
}

function typesOf(content: Record<string, { schema: Schema }>): string {
  return Object.entries(content)
    .map(([type, { schema }]) => (type === 'text/html' ? 'page' : typeOf(schema)))
    .join(' or ');
}

function fieldsOf({ properties = {}, required = [] }: Schema) {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    required: required.includes(name),
    description: schema.description,
  }));
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return nameOf(schema);
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}

function nameOf({ $ref = '' }: Schema): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}
