import { ApiProperty } from '@nestjs/swagger';
import { Documented } from '../openapi/documented.js';

class KeptMailView {
  @ApiProperty({ format: 'email' })
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
    summary: 'Mails that were kept instead of sent',
    details: 'While SMTP_URL is unset, and for this machine alone; else 404.',
    answers: { 200: { description: 'mails, newest first', type: [KeptMailView], page: true } },
    problems: { 404: ['not_found'] },
  });
