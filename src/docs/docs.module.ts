import { Module } from '@nestjs/common';
import { Docs, DocsController } from './docs.controller.js';

@Module({ controllers: [DocsController], providers: [Docs] })
export class DocsModule {}
