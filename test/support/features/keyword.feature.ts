import { HttpCode, Injectable, Module, Post, Put, Res, type OnModuleInit } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import {
  Column,
  Entity,
  PrimaryColumn,
  type EntityManager,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import type { Client } from '../../../src/authentication/core/clients/client.js';
import { idTransformer } from '../../../src/authentication/core/database/columns.js';
import { Database, returning } from '../../../src/authentication/core/database/database.js';
import { Problem } from '../../../src/authentication/core/problems/problem.js';
import { InvalidToken } from '../../../src/authentication/core/problems/problems.js';
import type { TokenKind } from '../../../src/authentication/core/tokens/one-time-token.entity.js';
import { OneTimeTokens } from '../../../src/authentication/core/tokens/one-time-tokens.js';
import { digestOf } from '../../../src/authentication/core/tokens/secret.js';
import { User } from '../../../src/authentication/core/users/user.entity.js';
import type { ExtraFields } from '../../../src/authentication/http/body/body-extensions.js';
import { JsonBody } from '../../../src/authentication/http/body/body.pipe.js';
import { SecretField } from '../../../src/authentication/http/body/fields.js';
import { addProblem } from '../../../src/authentication/http/openapi/document.js';
import type { HttpResponse } from '../../../src/authentication/http/request/http.js';
import { AuthenticationController } from '../../../src/authentication/http/routes/authentication-controller.js';
import { CurrentClient } from '../../../src/authentication/http/routes/parameters.js';
import { Authenticated } from '../../../src/authentication/sessions/authenticated.js';
import { CurrentUser } from '../../../src/authentication/sessions/authentication.guard.js';
import { SessionAnswers } from '../../../src/authentication/sessions/session-answers.js';
import type { StartedSession } from '../../../src/authentication/sessions/session-start.js';
import type { SessionView } from '../../../src/authentication/sessions/session.view.js';
import {
  SignInSteps,
  type SignInAttempt,
  type SignInStep,
} from '../../../src/authentication/sessions/sign-in-steps.js';
import { SignInService } from '../../../src/authentication/sessions/sign-in.service.js';

// A small second step: a user who has a keyword is asked for it after the password. Like a real feature it has an
// entity, a migration, a sign-in step and a kind of token.

const KEYWORD = 'keyword';
const CHALLENGE: TokenKind = { purpose: 'keyword_challenge', lifetimeSeconds: 300 };

@Entity({ name: 'keywords' })
class Keyword {
  @PrimaryColumn({ name: 'user_id', type: 'bigint', transformer: idTransformer })
  userId!: number;

  @Column({ type: 'text' })
  keyword!: string;
}

class CreateKeywords1900000000001 implements MigrationInterface {
  readonly name = 'CreateKeywords1900000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE authentication.keywords (
        user_id bigint PRIMARY KEY REFERENCES authentication.users ON DELETE CASCADE,
        keyword text NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE authentication.keyword_challenges (
        digest bytea PRIMARY KEY REFERENCES authentication.one_time_tokens (digest) ON DELETE CASCADE,
        extra jsonb NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE authentication.keyword_challenges');
    await runner.query('DROP TABLE authentication.keywords');
  }
}

class KeywordDto {
  @SecretField()
  keyword!: string;
}

class AnswerDto extends KeywordDto {
  @SecretField()
  challenge_token!: string;
}

@Injectable()
class KeywordStep implements SignInStep, OnModuleInit {
  readonly name = KEYWORD;

  constructor(
    private readonly steps: SignInSteps,
    private readonly tokens: OneTimeTokens,
    private readonly database: Database,
    private readonly signIns: SignInService,
  ) {}

  onModuleInit(): void {
    this.steps.add(this);
  }

  async challenge({ user, extra }: SignInAttempt, manager: EntityManager): Promise<Problem | null> {
    if (!(await manager.existsBy(Keyword, { userId: user.id }))) return null;
    const { secret: token } = await this.tokens.issue(CHALLENGE, user, user.email, manager);
    await manager.query('INSERT INTO authentication.keyword_challenges VALUES ($1, $2)', [
      digestOf(token),
      extra,
    ]);
    return new Problem(401, 'keyword_required', 'Keyword required', 'Send the keyword.', {
      members: { challenge_token: token },
    });
  }

  async answer({ challenge_token: token, keyword }: AnswerDto, client: Client): Promise<StartedSession> {
    const answered = await this.database.transaction(async (manager) => {
      const challenges = await returning<{ extra: ExtraFields }>(
        manager,
        'DELETE FROM authentication.keyword_challenges WHERE digest = $1 RETURNING extra',
        [digestOf(token)],
      );
      const holder = await this.tokens.consume(CHALLENGE, token, manager);
      if (holder === null) return null;
      const user = await manager.findOneBy(User, { id: holder.userId });
      const right = await manager.existsBy(Keyword, { userId: holder.userId, keyword });
      if (user === null || !right) return null;
      const passed = { name: KEYWORD, extra: challenges[0]?.extra ?? {} };
      return { user, entry: await this.signIns.enter(user, client, manager, passed) };
    });
    if (answered === null) throw new InvalidToken();
    return this.signIns.conclude(answered.entry, answered.user, client);
  }
}

@AuthenticationController()
class KeywordController {
  constructor(
    private readonly database: Database,
    private readonly step: KeywordStep,
    private readonly answers: SessionAnswers,
  ) {}

  @Put('keyword')
  @HttpCode(204)
  @Authenticated()
  async update(@JsonBody() { keyword }: KeywordDto, @CurrentUser() { id: userId }: User): Promise<void> {
    await this.database.manager.save(Object.assign(new Keyword(), { userId, keyword }));
  }

  @Post('sign_in/keyword')
  async create(
    @JsonBody() body: AnswerDto,
    @CurrentClient() client: Client,
    @Res({ passthrough: true }) response: HttpResponse,
  ): Promise<SessionView> {
    return this.answers.started(await this.step.answer(body, client), response);
  }
}

@Module({ controllers: [KeywordController], providers: [KeywordStep] })
export class KeywordFeature {
  static readonly entities = [Keyword];
  static readonly migrations = [CreateKeywords1900000000001];

  static describe(document: OpenAPIObject): void {
    addProblem(document, 'sign_ins', 401, 'keyword_required', { challenge_token: { type: 'string' } });
  }
}
