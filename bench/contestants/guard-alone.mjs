// Our guard on a route of an application that does nothing else.
import 'reflect-metadata';
import process from 'node:process';
import { Controller, Get, Module, UseFilters, UseGuards } from '@nestjs/common';
import { AuthenticationModule } from '../../dist/authentication/authentication.module.js';
import { authenticationSettings } from '../../dist/authentication/core/settings/authentication.settings.js';
import { ProblemFilter } from '../../dist/authentication/http/problems/problem.filter.js';
import { AuthenticationGuard } from '../../dist/authentication/sessions/authentication.guard.js';
import { listen, probeController } from '../kit/nest-host.mjs';

const Probe = probeController({ Controller, Get, UseFilters, UseGuards }, AuthenticationGuard, ProblemFilter);

class Host {}
Module({
  imports: [
    AuthenticationModule.forRoot({
      settings: authenticationSettings(process.env),
      database: { url: process.env.DATABASE_URL, poolSize: 10 },
    }),
  ],
  controllers: [Probe],
})(Host);

await listen(Host, process.argv[2]);
