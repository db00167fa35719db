import { ApiProperty } from '../authentication/core/openapi/annotations.js';
import { Documented } from '../authentication/http/openapi/documented.js';

class HealthView {
  @ApiProperty({ enum: ['ok'] })
  status!: string;
}

const group = 'Health';
const OK = { description: 'Yes.', type: HealthView };

export const LiveDocs = (): MethodDecorator =>
  Documented({ id: 'isLive', group, summary: 'Check that the server is running', answers: { 200: OK } });

export const ReadyDocs = (): MethodDecorator =>
  Documented({
    id: 'isReady',
    group,
    summary: 'Check that the server is ready for requests',
    details:
      'Answers 503 while the database cannot be reached or is read-only, and while the server is stopping.',
    answers: { 200: OK },
  });
