// Only guard and controller: Nest with the defaults of its adapter and the authentication module, without a log.
import 'reflect-metadata';
import process from 'node:process';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AuthenticationModule } from '../../dist/authentication/authentication.module.js';
import { authenticationSettings } from '../../dist/authentication/core/settings/authentication.settings.js';
import { report } from '../kit/report.mjs';

const adapter =
  process.argv[2] === 'express' ? new ExpressAdapter() : new FastifyAdapter({ skipMiddie: true });
const application = await NestFactory.create(
  AuthenticationModule.forRoot({
    settings: authenticationSettings(process.env),
    database: { url: process.env.DATABASE_URL, poolSize: 10 },
  }),
  adapter,
  { logger: false },
);
await application.listen(0, '127.0.0.1');
process.once('SIGINT', () => process.exit(0));
report(application.getHttpServer());
