import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import Handlebars from 'handlebars';
import { loadedAnnotations } from '../authentication/core/openapi/annotations.js';
import { STYLE } from './swagger-ui.style.js';

/** The files that the page loads. `setup` makes `swagger-ui-init.js`, which holds the document. */
export const FILES = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui-standalone-preset.js': 'text/javascript; charset=utf-8',
  'swagger-ui-init.js': 'text/javascript; charset=utf-8',
  'favicon-16x16.png': 'image/png',
  'favicon-32x32.png': 'image/png',
} as const;

export type FileName = keyof typeof FILES;

type Handler = (request: object, response: object) => unknown;

const META = `
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex">`;

/** The page of `SwaggerModule.setup` and its files. */
export class SwaggerUi {
  private readonly files = new Map<FileName, Buffer>();

  private constructor(
    readonly page: string,
    script: string,
    private readonly folder: string,
  ) {
    this.files.set('swagger-ui-init.js', Buffer.from(script));
  }

  /**
   * Gives `setup` a substitute for the application that collects its routes; DocsController serves them. With the real
   * application, `setup` would need @fastify/static on Fastify, serve the whole folder of swagger-ui-dist including the
   * source maps, and add routes without our headers that are not in the OpenAPI document.
   */
  static async of(title: string, document: OpenAPIObject): Promise<SwaggerUi> {
    const routes = new Map<string, Handler>();
    let folder = '';
    const adapter = {
      getType: () => 'express',
      getRequestUrl: () => '/docs',
      get: (path: string, handler: Handler) => routes.set(path, handler),
    };
    const application = {
      getHttpAdapter: () => adapter,
      useStaticAssets: (path: string) => {
        folder = path;
      },
    };
    const { SwaggerModule } = loadedAnnotations();
    SwaggerModule.setup('docs', application as unknown as INestApplication, document, optionsOf(title));
    const page = await answerOf(routes, '/docs');
    const script = await answerOf(routes, '/docs/swagger-ui-init.js');
    return new SwaggerUi(page.replace('</title>', `</title>${META}`), script, folder);
  }

  /** Allows only scripts, styles and requests of this origin. Styles inside the page are allowed by their digest. */
  get policy(): string {
    const inline = [...this.page.matchAll(/<style>([^]*?)<\/style>| style="([^"]*)"/g)];
    const digests = inline.map(([, element, attribute = '']) => digestOf(element ?? attribute));
    return [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'unsafe-hashes' ${digests.join(' ')}`,
      "img-src 'self' data:",
      "connect-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ].join('; ');
  }

  /** Reads a file once and keeps it in memory. */
  async file(name: FileName): Promise<Buffer> {
    const content = this.files.get(name) ?? (await readFile(join(this.folder, name)));
    this.files.set(name, content);
    return content;
  }
}

function optionsOf(title: string): Parameters<typeof SwaggerModule.setup>[3] {
  return {
    raw: false,
    // `setup` does not escape the title.
    customSiteTitle: Handlebars.escapeExpression(title),
    customCss: STYLE,
    swaggerOptions: {
      // It would put links into the buttons that open an operation, which screen readers cannot handle.
      deepLinking: false,
      // Otherwise the page would load a badge from validator.swagger.io.
      validatorUrl: null,
      // The logo adds a style that the policy blocks. `setup` writes this function into swagger-ui-init.js as text.
      plugins: [() => ({ components: { Logo: () => null } })],
    },
  };
}

async function answerOf(routes: ReadonlyMap<string, Handler>, path: string): Promise<string> {
  const handler = routes.get(path);
  if (handler === undefined) throw new Error(`SwaggerModule.setup does not serve ${path}`);
  let answer = '';
  const send = (text: string): void => {
    answer = text;
  };
  await handler({}, { type: () => undefined, send });
  return answer;
}

function digestOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
