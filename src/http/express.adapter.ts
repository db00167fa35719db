import type { IncomingMessage } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { NotFound } from '../authentication/core/problems/problems.js';
import { BODY_LIMIT } from './limits.js';
import { parserOf } from './parsers.js';

export function expressAdapter(): AbstractHttpAdapter {
  const app = express();
  // Before Nest wraps it: afterwards the router is made, and `/SIGN_IN/` would be `/sign_in`.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.disable('x-powered-by');
  app.disable('etag');
  return new ParsingExpressAdapter(app);
}

/** Our parsers in the place of Nest's: behind CORS, so that a front end may read what they refuse. */
class ParsingExpressAdapter extends ExpressAdapter {
  override registerParserMiddleware(): void {
    this.use(refuseMalformedPath);
    this.use(express.raw({ limit: BODY_LIMIT, inflate: false, type: isRead }));
    this.use(parseBody);
  }
}

/** `/sessions/%zz` names nothing. The router would call it a bad request, as it does malformed JSON. */
function refuseMalformedPath({ path }: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(path);
    next();
  } catch {
    next(new NotFound());
  }
}

/** As on Fastify, the body of a GET means nothing (RFC 9110, section 9.3.1). */
function isRead({ method, headers }: IncomingMessage): boolean {
  return method !== 'GET' && method !== 'HEAD' && parserOf(headers['content-type']) !== undefined;
}

function parseBody(request: Request, _response: Response, next: NextFunction): void {
  const body: unknown = request.body;
  if (Buffer.isBuffer(body)) request.body = parserOf(request.headers['content-type'])?.(body);
  next();
}
