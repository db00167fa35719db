import { ApiProperty } from '@nestjs/swagger';
import { Documented } from '../authentication/http/openapi/documented.js';

class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status!: string;
}

const group = 'Health';
const OK = { description: 'yes', type: HealthView };

export const LiveDocs = (): MethodDecorator =>
  Documented({ id: 'isLive', group, summary: 'Whether the process answers', answers: { 200: OK } });

export const ReadyDocs = (): MethodDecorator =>
  Documented({
    id: 'isReady',
    group,
    summary: 'Whether requests should be sent here',
    details: 'Not while the database is out of reach or the server stops.',
    answers: { 200: OK },
  });
