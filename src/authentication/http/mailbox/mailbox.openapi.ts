import { ApiProperty } from '../../core/openapi/annotations.js';
import { Documented } from '../openapi/documented.js';

class KeptMailView {
  @ApiProperty({ example: 'ada@example.com' })
  to!: string;

  @ApiProperty()
  subject!: string;

  @ApiProperty()
  text!: string;

  @ApiProperty()
  html!: string;

  @ApiProperty({ format: 'date-time' })
  sent_at!: string;
}

export const ListMailsDocs = (): MethodDecorator =>
  Documented({
    id: 'listMails',
    group: 'Development',
    summary: 'List the emails that were kept instead of sent',
    details:
      'For development: answers only while `SMTP_URL` is not set, and only requests from the same machine. Otherwise 404.',
    answers: { 200: { description: 'The emails, newest first.', type: [KeptMailView], page: true } },
    problems: { 404: ['not_found'] },
  });
