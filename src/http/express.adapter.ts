import type { IncomingMessage } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { NotFound, UnsupportedMediaType } from '../authentication/core/problems/problems.js';
import { isEmptyBody } from '../authentication/http/request/empty-body.js';
import { faultOfLines } from '../authentication/http/request/header-lines.js';
import { BODY_LIMIT } from './limits.js';
import { isEncoded, parserOf } from './parsers.js';

export function expressAdapter(): AbstractHttpAdapter {
  const app = express();
  // Must be set before Nest wraps the app and creates the router. Otherwise `/SIGN_IN/` would be served as `/sign_in`.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.disable('x-powered-by');
  app.disable('etag');
  return new ParsingExpressAdapter(app);
}

/** Replaces the parsers of Nest. They run after CORS, so that a front end can read their errors. */
class ParsingExpressAdapter extends ExpressAdapter {
  override registerParserMiddleware(): void {
    this.use(forbidStoring);
    this.use(refuseBadLines);
    this.use(refuseMalformedPath);
    this.use(refuseEncoded);
    this.use(express.raw({ limit: BODY_LIMIT, inflate: false, type: isRead }));
    this.use(parseBody);
  }
}

/** Here too, for paths that no controller of ours has. */
function forbidStoring(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Cache-Control', 'no-store');
  next();
}

/** Here too, for paths that no controller of ours has. */
function refuseBadLines(request: Request, _response: Response, next: NextFunction): void {
  next(faultOfLines(request));
}

/** Answers 404 for a path such as `/sessions/%zz`. The router would answer 400. */
function refuseMalformedPath({ path }: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(path);
    next();
  } catch {
    next(new NotFound());
  }
}

/** A compressed body is refused, unless it is empty. The parser would refuse an empty one too. */
function refuseEncoded(request: Request, _response: Response, next: NextFunction): void {
  if (!isEncoded(request) || !isParsed(request)) {
    next();
    return;
  }
  void isEmptyBody(request).then((empty) => next(empty ? undefined : new UnsupportedMediaType()));
}

function isRead(request: IncomingMessage): boolean {
  return isParsed(request) && !isEncoded(request);
}

/** The body of a GET has no meaning (RFC 9110, section 9.3.1). Fastify does not read it either. */
function isParsed({ method, headers }: IncomingMessage): boolean {
  return method !== 'GET' && method !== 'HEAD' && parserOf(headers['content-type']) !== undefined;
}

function parseBody(request: Request, _response: Response, next: NextFunction): void {
  const body: unknown = request.body;
  if (Buffer.isBuffer(body)) request.body = parserOf(request.headers['content-type'])?.(body);
  next();
}
