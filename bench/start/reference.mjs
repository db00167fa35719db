// What the start is compared with: Nest with @nestjs/typeorm and pg on Fastify, one entity, one route, nothing else.
// Plain JavaScript, so the decorators are called as functions; the same functions that TypeScript's output calls.
import process from 'node:process';
import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm';
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

class Note {}
PrimaryGeneratedColumn()(Note.prototype, 'id');
Column({ type: 'text' })(Note.prototype, 'text');
Entity({ name: 'reference_notes', synchronize: false })(Note);

class HealthController {
  constructor(notes) {
    this.notes = notes;
  }

  async show() {
    await this.notes.query('SELECT 1');
    return { status: 'ok' };
  }
}
Inject(getRepositoryToken(Note))(HealthController, undefined, 0);
Get('health/ready')(
  HealthController.prototype,
  'show',
  Object.getOwnPropertyDescriptor(HealthController.prototype, 'show'),
);
Controller()(HealthController);

class AppModule {}
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, entities: [Note] }),
    TypeOrmModule.forFeature([Note]),
  ],
  controllers: [HealthController],
})(AppModule);

const application = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: false });
await application.listen(Number(process.env.PORT), '127.0.0.1');
