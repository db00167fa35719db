import { Module, UseGuards, type Type } from '@nestjs/common';
import type { ApolloDriverConfig } from '@nestjs/apollo';
import { ApolloDriver } from '@nestjs/apollo';
import {
  Field,
  GraphQLModule,
  Int,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { User } from '../../../src/authentication/core/users/user.entity.js';
import { RequireSudo } from '../../../src/authentication/features/sudo/sudo.guard.js';
import { Public } from '../../../src/authentication/http/routes/public.js';
import { Throttled } from '../../../src/authentication/http/throttling/throttle.guard.js';
import {
  AuthenticationGuard,
  CurrentSession,
  CurrentUser,
  SessionOnly,
} from '../../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../../src/authentication/sessions/caller.js';

@ObjectType()
class Note {
  @Field(() => Int)
  id!: number;
}

const NOTES: readonly Note[] = [1, 2, 3].map((id) => ({ id }));

/** As an application guards its own resolvers. */
@Resolver(() => Note)
export class NotesResolver {
  @Query(() => Int)
  @UseGuards(AuthenticationGuard)
  me(@CurrentUser() user: User): number {
    return user.id;
  }

  @Query(() => Int)
  @UseGuards(AuthenticationGuard)
  @SessionOnly()
  session(@CurrentSession() { session }: Caller): number {
    return session.id;
  }

  @Query(() => Int)
  @RequireSudo()
  secret(@CurrentUser() user: User): number {
    return user.id;
  }

  @Query(() => Int)
  @Throttled('notes')
  counted(): number {
    return 1;
  }

  @Query(() => [Note])
  @UseGuards(AuthenticationGuard)
  notes(): readonly Note[] {
    return NOTES;
  }

  @Query(() => [Note])
  openNotes(): readonly Note[] {
    return NOTES;
  }

  /** Guarded only where `fieldResolverEnhancers` says so. */
  @ResolveField(() => Int)
  @UseGuards(AuthenticationGuard)
  owner(@Parent() _: Note, @CurrentUser() user: User): number {
    return user.id;
  }

  /** A forgotten guard. */
  @Query(() => Int)
  stray(@CurrentUser() user: User): number {
    return user.id;
  }

  @Query(() => Int)
  @Public()
  published(): number {
    return 7;
  }

  @Subscription(() => Int)
  @UseGuards(AuthenticationGuard)
  async *ticks(@CurrentUser() user: User): AsyncGenerator<{ ticks: number }> {
    yield await Promise.resolve({ ticks: user.id });
  }
}

@Resolver()
@Public()
export class NewsResolver {
  @Query(() => Int)
  news(): number {
    return 8;
  }
}

/** How GraphQLModule is set up, with one of Nest's drivers. */
export interface Driver {
  readonly name: string;
  readonly adapter: 'express' | 'fastify';
  module(options?: object): Type;
}

function moduleOf(imported: ReturnType<typeof GraphQLModule.forRoot>): Type {
  @Module({ imports: [imported], providers: [NotesResolver, NewsResolver] })
  class NotesModule {}
  return NotesModule;
}

const apollo = (options: object = {}): Type =>
  moduleOf(
    GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      allowBatchedHttpRequests: true,
      subscriptions: { 'graphql-ws': true },
      ...options,
    }),
  );

const mercurius = (options: object = {}): Type =>
  moduleOf(
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      allowBatchedQueries: true,
      subscription: true,
      // Its cache is loaded by a dynamic import, which Jest does not do.
      cache: false,
      ...options,
    }),
  );

export const DRIVERS: readonly Driver[] = [
  { name: 'Apollo on Express', adapter: 'express', module: apollo },
  { name: 'Apollo on Fastify', adapter: 'fastify', module: apollo },
  { name: 'Mercurius', adapter: 'fastify', module: mercurius },
];
