import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NotFound, UnsupportedMediaType } from '../authentication/core/problems/problems.js';
import { isEmptyBody } from '../authentication/http/request/empty-body.js';
import { faultOfLines } from '../authentication/http/request/header-lines.js';
import { BODY_LIMIT, KEEP_ALIVE_TIMEOUT, REQUEST_TIMEOUT } from './limits.js';
import { PARSERS } from './parsers.js';

type Done = (error: Error | null, body?: unknown) => void;

export function fastifyAdapter(): AbstractHttpAdapter {
  return new ParsingFastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    frameworkErrors: refuseMalformedPath,
    // There is no Express middleware here. Without middie a request takes a third less CPU.
    skipMiddie: true,
  });
}

/** Replaces the parsers of Nest. */
class ParsingFastifyAdapter extends FastifyAdapter {
  override registerParserMiddleware(): void {
    const fastify = this.getInstance<FastifyInstance>();
    fastify.removeAllContentTypeParsers();
    for (const [type, parse] of Object.entries(PARSERS)) {
      fastify.addContentTypeParser(type, { parseAs: 'buffer' }, parserWith(parse));
    }
    fastify.addContentTypeParser('*', refuseOther);
    // Here too, for paths that no controller of ours has.
    fastify.addHook('onRequest', (request, _reply, done) => {
      done(faultOfLines(request));
    });
  }
}

function parserWith(parse: (body: Buffer) => unknown) {
  return ({ headers }: FastifyRequest, body: string | Buffer, done: Done): void => {
    const encoding = headers['content-encoding'] ?? 'identity';
    try {
      if (encoding.toLowerCase() !== 'identity') throw new UnsupportedMediaType();
      done(null, parse(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  };
}

/** A body of another type must be empty. One without a length is read until its first bytes, or its end. */
function refuseOther(request: FastifyRequest, _payload: NodeJS.ReadableStream, done: Done): void {
  const { headers, is404 } = request;
  if (is404 || headers['transfer-encoding'] === undefined) {
    request.raw.resume();
    done(is404 || Number(headers['content-length'] ?? 0) === 0 ? null : new UnsupportedMediaType());
    return;
  }
  void isEmptyBody(request).then((empty) => done(empty ? null : new UnsupportedMediaType()));
}

/** Answers 404 for a path such as `/sessions/%zz`. Fastify would answer without our filters and repeat the path. */
function refuseMalformedPath(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = new NotFound();
  void reply
    .status(problem.getStatus())
    .headers({ 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' })
    .send(JSON.stringify(problem.getResponse()));
}
