// Only guard and controller: Nest with the defaults of its adapter and the authentication module, without a log.
import 'reflect-metadata';
import process from 'node:process';
import { AuthenticationModule } from '../../dist/authentication/authentication.module.js';
import { authenticationSettings } from '../../dist/authentication/core/settings/authentication.settings.js';
import { listen } from '../kit/nest-host.mjs';

await listen(
  AuthenticationModule.forRoot({
    settings: authenticationSettings(process.env),
    database: { url: process.env.DATABASE_URL, poolSize: 10 },
  }),
  process.argv[2],
);
