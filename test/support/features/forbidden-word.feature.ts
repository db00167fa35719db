import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import {
  PasswordRules,
  type PasswordFault,
  type PasswordRule,
} from '../../../src/authentication/core/passwords/password-rules.js';

/** A further check of new passwords. */
@Injectable()
class ForbiddenWord implements PasswordRule, OnModuleInit {
  constructor(private readonly rules: PasswordRules) {}

  onModuleInit(): void {
    this.rules.add(this);
  }

  fault(password: string): Promise<PasswordFault | null> {
    return Promise.resolve(password.includes('swordfish') ? { code: 'too_common' } : null);
  }
}

@Module({ providers: [ForbiddenWord] })
export class ForbiddenWordFeature {}
