// A guard of Nest that verifies a JWT with a key object, and looks nothing up: whoever was signed out or suspended gets
// in until the token ends.
import 'reflect-metadata';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import process from 'node:process';
import { Body, Controller, Get, Module, Post, Req, UnauthorizedException, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { report } from '../kit/report.mjs';

class JwtGuard {
  constructor(jwt) {
    this.jwt = jwt;
  }

  async canActivate(context) {
    const request = context.switchToHttp().getRequest();
    const [kind, token] = request.headers.authorization?.split(' ') ?? [];
    if (kind !== 'Bearer') throw new UnauthorizedException();
    try {
      request.claims = await this.jwt.verifyAsync(token);
    } catch {
      throw new UnauthorizedException();
    }
    return true;
  }
}
Reflect.defineMetadata('design:paramtypes', [JwtService], JwtGuard);

class AccountController {
  constructor(jwt) {
    this.jwt = jwt;
  }

  async signIn({ email }) {
    const claims = { sub: '1', email, session: randomUUID(), created_at: new Date().toISOString() };
    return { token: await this.jwt.signAsync(claims) };
  }

  show({ claims: { sub, email, session, created_at, iat, exp } }) {
    return { user: { id: sub, email, created_at }, session: { id: session, iat, exp } };
  }
}
const methodOf = (name) => Object.getOwnPropertyDescriptor(AccountController.prototype, name);
Reflect.defineMetadata('design:paramtypes', [JwtService], AccountController);
Body()(AccountController.prototype, 'signIn', 0);
Post('sign_in')(AccountController.prototype, 'signIn', methodOf('signIn'));
Req()(AccountController.prototype, 'show', 0);
Get('me')(AccountController.prototype, 'show', methodOf('show'));
UseGuards(JwtGuard)(AccountController.prototype, 'show', methodOf('show'));
Controller()(AccountController);

class Application {}
Module({
  imports: [
    JwtModule.register({ secret: createSecretKey(randomBytes(32)), signOptions: { expiresIn: '1h' } }),
  ],
  controllers: [AccountController],
})(Application);

const application = await NestFactory.create(Application, new FastifyAdapter({ skipMiddie: true }), {
  logger: false,
});
await application.listen(0, '127.0.0.1');
process.once('SIGINT', () => process.exit(0));
report(application.getHttpServer());
