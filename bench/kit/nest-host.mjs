// A Nest application with one route, and the defaults of its adapter. Decorators are called as functions, because plain
// JavaScript has no syntax for them.
import process from 'node:process';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { report } from './report.mjs';

export function probeController({ Controller, Get, UseFilters, UseGuards }, guard, filter) {
  class Probe {
    show() {
      return { ok: true };
    }
  }
  const method = Object.getOwnPropertyDescriptor(Probe.prototype, 'show');
  Get()(Probe.prototype, 'show', method);
  UseGuards(guard)(Probe.prototype, 'show', method);
  Controller('probe')(Probe);
  if (filter !== undefined) UseFilters(filter)(Probe);
  return Probe;
}

/** Fastify without middie: no middleware of Express runs here, and it would cost a third of the request. */
export const adapterOf = (name) =>
  name === 'express' ? new ExpressAdapter() : new FastifyAdapter({ skipMiddie: true });

export async function listen(module, adapter) {
  const application = await NestFactory.create(module, adapterOf(adapter), { logger: false });
  await application.listen(0, '127.0.0.1');
  process.once('SIGINT', () => process.exit(0));
  report(application.getHttpServer());
}
