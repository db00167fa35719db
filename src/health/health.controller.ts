import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { Database } from '../authentication/core/database/database.js';
import { LiveDocs, ReadyDocs } from './health.openapi.js';
import { Readiness } from './readiness.js';

interface Health {
  status: 'ok';
}

/** For the platform that runs the server: restart it when it is not live, send no requests when it is not ready. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @LiveDocs()
  @Header('Cache-Control', 'no-store')
  live(): Health {
    return { status: 'ok' };
  }

  @Get('ready')
  @ReadyDocs()
  @Header('Cache-Control', 'no-store')
  async ready(): Promise<Health> {
    if (this.readiness.isStopping) throw new ServiceUnavailableException();
    await this.database.assertWritable();
    return { status: 'ok' };
  }
}
