import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats, { type FormatsPlugin } from 'ajv-formats';
import type { Response, Test } from 'supertest';
import { authenticationDocument } from '../../src/authentication/http/openapi/document.js';

interface Described {
  summary?: string;
  headers?: Record<string, { required?: boolean }>;
  content?: Record<string, object>;
}

/** Headers that an answer may have only if they are documented. */
const TELLING = ['x-session-token', 'retry-after', 'www-authenticate'];
/** Statuses of body parsers. They fail before any controller, and the host answers in its own way. */
const PARSER_STATUSES = [400, 413, 415];

/** Checks every answer against the OpenAPI document of the application that gave it. */
export class Contract {
  private readonly document: OpenAPIObject;
  private readonly ajv = new Ajv2020({ strict: false, validateSchema: false });
  private readonly paths: readonly (readonly [path: string, pattern: RegExp])[];

  constructor(application: INestApplication) {
    this.document = authenticationDocument(application, { info: { title: 'under test', version: '1' } });
    // Some module settings type the default import as the function itself; then this is `any`.
    const addTo: FormatsPlugin = addFormats['default'];
    addTo(this.ajv);
    this.ajv.addSchema(closed(this.document) as object, 'document');
    this.paths = Object.keys(this.document.paths)
      .map((path) => [path, new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)] as const)
      .sort(([a], [b]) => Number(a.includes('{')) - Number(b.includes('{')));
  }

  /** @throws Error that names the route, the status and what differs */
  check({ method, url }: Pick<Test, 'method' | 'url'>, response: Response): void {
    const verb = method === 'HEAD' ? 'get' : method.toLowerCase();
    // The path as it was sent: a URL object would change `/./sign_in`.
    const sent = url.replace(/^\w+:\/\/[^/]+|\?.*/g, '');
    const path = this.paths.find(([, pattern]) => pattern.test(sent))?.[0] ?? '';
    const operation = `paths/${escaped(path)}/${verb}`;
    if (this.at(operation)?.summary === undefined || isOfParser(response)) return;
    const pointer = `${operation}/responses/${response.status}`;
    const fault = this.headerFault(pointer, response) ?? this.bodyFault(pointer, response, method === 'HEAD');
    if (fault !== undefined) {
      throw new Error(`${method} ${path} answered ${response.status}: ${fault}\n${response.text}`);
    }
  }

  private headerFault(pointer: string, { headers }: Response): string | undefined {
    const described = this.at(pointer);
    if (described === undefined) return 'the document does not list that status';
    const documented = Object.entries(described.headers ?? {});
    for (const [name, { required }] of documented) {
      const value = (headers as Record<string, string | undefined>)[name.toLowerCase()];
      if (value === undefined && required === true) return `the header ${name} is missing`;
      const typed = /^\d+$/.test(value ?? '') ? Number(value) : value;
      const fault = this.fault(`${pointer}/headers/${name}/schema`, typed);
      if (value !== undefined && fault !== undefined) return `the header ${name} ${fault}`;
    }
    const names = documented.map(([name]) => name.toLowerCase());
    const stray = TELLING.find((name) => name in headers && !names.includes(name));
    return stray === undefined ? undefined : `the header ${stray} is not in the document`;
  }

  private bodyFault(pointer: string, { type, body, text }: Response, isHead: boolean): string | undefined {
    const content = this.at(pointer)?.content;
    if (isHead) return undefined;
    if (content === undefined) return text === '' ? undefined : 'the document lists no body';
    if (content[type] === undefined) return `${type || 'no content type'} is not in the document`;
    const fault = this.fault(
      `${pointer}/content/${escaped(type)}/schema`,
      type.endsWith('json') ? body : text,
    );
    return fault === undefined ? undefined : `the body ${fault}`;
  }

  private fault(pointer: string, value: unknown): string | undefined {
    const validate = this.ajv.getSchema(`document#/${pointer}`);
    if (validate === undefined) return `has no schema at ${pointer}`;
    return validate(value) === true ? undefined : `differs: ${this.ajv.errorsText(validate.errors)}`;
  }

  private at(pointer: string): Described | undefined {
    let node: unknown = this.document;
    for (const key of pointer.split('/')) {
      node = (node as Record<string, unknown> | undefined)?.[key.replace(/~1/g, '/')];
    }
    return node as Described | undefined;
  }
}

function isOfParser({ status, body }: Response): boolean {
  return PARSER_STATUSES.includes(status) && typeof body === 'object' && 'statusCode' in body;
}

/** Refuses fields that the document does not list. Clients must accept new fields, but ours are all documented. */
function closed(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => closed(item, key));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, closed(item, name)]));
  const isWhole = ('$ref' in copy || 'allOf' in copy) && key !== 'allOf';
  return isWhole ? { ...copy, unevaluatedProperties: false } : copy;
}

function escaped(key: string): string {
  return key.replace(/\//g, '~1');
}
