import type { AbstractHttpAdapter } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NotFound, UnsupportedMediaType } from '../authentication/core/problems/problems.js';
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

function refuseOther(request: FastifyRequest, payload: NodeJS.ReadableStream, done: Done): void {
  payload.resume();
  const empty =
    Number(request.headers['content-length'] ?? 0) === 0 &&
    request.headers['transfer-encoding'] === undefined;
  done(empty || request.is404 ? null : new UnsupportedMediaType());
}

/** Answers 404 for a path such as `/sessions/%zz`. Fastify would answer without our filters and repeat the path. */
function refuseMalformedPath(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = new NotFound();
  void reply
    .status(problem.getStatus())
    .headers({ 'Content-Type': 'application/problem+json; charset=utf-8', 'Cache-Control': 'no-store' })
    .send(JSON.stringify(problem.getResponse()));
}
