import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { EntityManager, MigrationInterface, QueryRunner } from 'typeorm';
import { InvalidBody } from '../../../src/authentication/core/problems/problems.js';
import {
  BodyExtensions,
  type ExtensionSubject,
  type ExtraFields,
} from '../../../src/authentication/http/body/body-extensions.js';
import { SignUpDto } from '../../../src/authentication/registrations/dto/sign-up.dto.js';
import { SignInDto } from '../../../src/authentication/sessions/dto/sign-in.dto.js';

// Adds fields to POST /sign_up and POST /sign_in, and stores them in its own table.

class SignUpFields {
  @IsIn(['free', 'paid'])
  plan!: string;
}

class SignInFields {
  @IsOptional()
  @IsString()
  @MaxLength(20)
  device_name?: string;
}

class CreateLabels1900000000002 implements MigrationInterface {
  readonly name = 'CreateLabels1900000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.labels (
        user_id bigint NOT NULL REFERENCES authentication.users ON DELETE CASCADE,
        session_id bigint REFERENCES authentication.sessions ON DELETE CASCADE,
        label text NOT NULL CHECK (label <> 'unlucky')
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.labels');
  }
}

@Injectable()
class Labels implements OnModuleInit {
  constructor(private readonly extensions: BodyExtensions) {}

  onModuleInit(): void {
    this.extensions.extend(SignUpDto, {
      fields: SignUpFields,
      apply: ({ plan }, subject, manager) => this.keep(plan, subject, manager),
    });
    this.extensions.extend(SignInDto, {
      fields: SignInFields,
      check: ({ device_name: name }: ExtraFields) =>
        name === 'banned' ? Promise.reject(InvalidBody.of('device_name', 'taken')) : Promise.resolve(),
      apply: ({ device_name: name }, subject, manager) => this.keep(name, subject, manager),
    });
  }

  private async keep(
    label: unknown,
    { user, session }: ExtensionSubject,
    manager: EntityManager,
  ): Promise<void> {
    if (label === undefined || label === null) return;
    await manager.query('INSERT INTO authentication.labels VALUES ($1, $2, $3)', [
      user.id,
      session?.id ?? null,
      label,
    ]);
  }
}

@Module({ providers: [Labels] })
export class LabelsFeature {
  static readonly migrations = [CreateLabels1900000000002];
}
