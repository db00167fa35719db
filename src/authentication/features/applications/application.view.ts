import { ApiProperty } from '../../core/openapi/annotations.js';

/** An application as it is read from the database, with the number of its users. */
export interface ApplicationRow {
  id: string;
  name: string;
  created_at: Date;
  expires_at: Date;
  users_count: number;
}

/** An application, as the API returns it. */
export class ApplicationView {
  @ApiProperty({ format: 'uuid', description: 'also the realm of its users' })
  id!: string;

  @ApiProperty({ description: 'shown in its mails and on its pages' })
  name!: string;

  @ApiProperty({ format: 'date-time' })
  created_at!: string;

  @ApiProperty({ format: 'date-time', description: 'from this time on its keys are refused' })
  expires_at!: string;

  @ApiProperty({ type: 'integer', minimum: 0 })
  users_count!: number;
}

export class ApiKeyView {
  @ApiProperty({ description: 'shown only once', pattern: '^naz_[\\w-]{49}$' })
  api_key!: string;
}

export class CreatedApplicationView extends ApplicationView {
  @ApiProperty({ description: 'shown only once', pattern: '^naz_[\\w-]{49}$' })
  api_key!: string;
}

export function applicationView(row: ApplicationRow): ApplicationView {
  return {
    id: row.id,
    name: row.name,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    users_count: row.users_count,
  };
}

export function createdApplicationView(row: ApplicationRow, key: string): CreatedApplicationView {
  return Object.assign(applicationView(row), { api_key: key });
}
