import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NotFound, UnsupportedMediaType } from '../authentication/core/problems/problems.js';
import { isEmptyBody } from '../authentication/http/request/empty-body.js';
import { faultOfLines } from '../authentication/http/request/header-lines.js';
import { mediaType } from '../authentication/http/request/http.js';
import { BODY_LIMIT, KEEP_ALIVE_TIMEOUT, REQUEST_TIMEOUT } from './limits.js';
import { isEncoded, PARSERS } from './parsers.js';

/** RFC 9110, section 8.3.1 */
const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;

/** Taken from Nest's adapter, which brings a Fastify of its own: another version of Fastify would have other types. */
type Typed =
  FastifyAdapter extends AbstractHttpAdapter<unknown, infer Request, infer Reply>
    ? { request: Request; reply: Reply }
    : never;
type Request = Typed['request'];
type Reply = Typed['reply'];
type Done = (error: Error | null, body?: unknown) => void;

export function fastifyAdapter(): AbstractHttpAdapter {
  return new ParsingFastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    frameworkErrors: refuseMalformedPath,
    // Its 503 is none of our problems. What arrives while the server closes is answered as before.
    return503OnClosing: false,
    // There is no Express middleware here. Without middie a request takes a third less CPU.
    skipMiddie: true,
    // Routes of Nest have no JSON schemas. Without the compilers of schemas a start takes less time and 10 MB less.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
  });
}

/** For a route with `@RouteSchema()` or the like: remove `schemaController` above. */
function noSchemas(): never {
  throw new Error(
    'The compilers of JSON schemas are switched off: see schemaController in src/http/fastify.adapter.ts',
  );
}

/** Replaces the parsers of Nest. */
class ParsingFastifyAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {
    const fastify = this.instance;
    fastify.removeAllContentTypeParsers();
    for (const [type, parse] of Object.entries(PARSERS)) {
      fastify.addContentTypeParser(type, { parseAs: 'buffer' }, parserWith(parse));
    }
    fastify.addContentTypeParser('*', refuseOther);
    // Here too, for paths that no controller of ours has.
    fastify.addHook('onRequest', (request, reply, done) => {
      reply.header('Cache-Control', 'no-store');
      forgetMalformedType(request);
      done(faultOfLines(request));
    });
  }
}

function parserWith(parse: (body: Buffer) => unknown) {
  return (request: Request, body: string | Buffer, done: Done): void => {
    try {
      if (body.length > 0 && isEncoded(request)) throw new UnsupportedMediaType();
      done(null, parse(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  };
}

/** Fastify answers 415 for a type that is none, before it looks at the body. Without a type, `refuseOther` decides. */
function forgetMalformedType({ raw: { headers } }: Request): void {
  // An object is slower to read after `delete`, and most requests have no type.
  if (headers['content-type'] === undefined) return;
  if (!MEDIA_TYPE.test(mediaType(headers['content-type']))) delete headers['content-type'];
}

/** A body of another type must be empty. */
function refuseOther(request: Request, _payload: NodeJS.ReadableStream, done: Done): void {
  if (request.is404 || request.headers['transfer-encoding'] === undefined) request.raw.resume();
  if (request.is404) {
    done(null);
    return;
  }
  void isEmptyBody(request).then((empty) => done(empty ? null : new UnsupportedMediaType()));
}

/** Answers 404 for a path such as `/sessions/%zz`. Fastify would answer without our filters and repeat the path. */
function refuseMalformedPath(_error: Error, _request: Request, reply: Reply): void {
  const problem = new NotFound();
  void reply
    .status(problem.getStatus())
    .headers({ 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' })
    .send(JSON.stringify(problem.getResponse()));
}
