import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { BODY_LIMIT } from './limits.js';

export function expressAdapter(): AbstractHttpAdapter {
  const app = express();
  // Before Nest wraps it: afterwards the router is made, and `/SIGN_IN/` would be `/sign_in`.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(express.json({ limit: BODY_LIMIT, strict: false, inflate: false, type: 'application/json' }));
  app.use(express.urlencoded({ limit: BODY_LIMIT, extended: false, parameterLimit: 20, inflate: false }));
  app.use(emptyBodyIsNone);
  return new ExpressAdapter(app);
}

/** The parser answers `{}` for an empty body, and undefined for one of a type that it does not take. */
function emptyBodyIsNone(request: Request, _response: Response, next: NextFunction): void {
  if (
    Number(request.headers['content-length'] ?? 0) === 0 &&
    request.headers['transfer-encoding'] === undefined
  ) {
    request.body = undefined;
  }
  next();
}
