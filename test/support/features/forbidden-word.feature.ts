import { Injectable, Module, type OnModuleInit } from '@nestjs/common';
import { PasswordRules, type PasswordRule } from '../../../src/authentication/passwords/password-rules.js';

/** A further check of new passwords. */
@Injectable()
class ForbiddenWord implements PasswordRule, OnModuleInit {
  constructor(private readonly rules: PasswordRules) {}

  onModuleInit(): void {
    this.rules.add(this);
  }

  fault(password: string): Promise<string | null> {
    return Promise.resolve(password.includes('swordfish') ? 'too_common' : null);
  }
}

@Module({ providers: [ForbiddenWord] })
export class ForbiddenWordFeature {}
