// A Nest application without us: what it costs by itself. Its guard does nothing, or runs the statement of our guard.
import 'reflect-metadata';
import process from 'node:process';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { sessionQuery } from '../kit/session-query.mjs';
import { listen, probeController } from '../kit/nest-host.mjs';

class NothingGuard {
  canActivate() {
    return true;
  }
}

class StatementGuard {
  async canActivate(context) {
    const { headers } = context.switchToHttp().getRequest();
    return (await findSession(headers['x-session-token'])) !== undefined;
  }
}

const [adapter, guard] = process.argv.slice(2);
const findSession = guard === 'statement' ? await sessionQuery(process.env.DATABASE_URL) : undefined;
const Guard = guard === 'statement' ? StatementGuard : NothingGuard;
const Probe = probeController({ Controller, Get, UseGuards }, Guard);

class Host {}
Module({ controllers: [Probe] })(Host);

await listen(Host, adapter);
