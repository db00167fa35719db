import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import type { Session } from '../../core/sessions/session.entity.js';
import type { User } from '../../core/users/user.entity.js';

export type BodyClass = new () => object;

/** Validated values of the fields that features added, ready to be kept as JSON while a challenge is open. */
export type ExtraFields = Readonly<Record<string, unknown>>;

/** A body that features may add fields to. */
export class OpenBody {
  readonly extra: ExtraFields = {};
}

/** What the added fields are about: the user signed up, or the session that is being started. */
export interface ExtensionSubject {
  user: User;
  client: Client;
  session?: Session;
}

/** The seam for further fields of `POST /sign_up` and `POST /sign_in`. */
export interface BodyExtension {
  /** a class with class-validator's decorators */
  readonly fields: BodyClass;
  /**
   * Whether `apply` would refuse the values: before a challenge or a session, when the user is known; and, where
   * accounts are concealed, at a sign-up with a taken address, for a user that is never saved. @throws InvalidBody
   */
  check?(values: ExtraFields, subject: ExtensionSubject, manager: EntityManager): Promise<void>;
  /** In the transaction of the sign-up or of the new session. @throws InvalidBody */
  apply(values: ExtraFields, subject: ExtensionSubject, manager: EntityManager): Promise<void>;
}

@Injectable()
export class BodyExtensions {
  private readonly extensions = new Map<BodyClass, BodyExtension[]>();

  extend(body: BodyClass, extension: BodyExtension): void {
    this.extensions.set(body, [...this.of(body), extension]);
  }

  of(body: BodyClass): readonly BodyExtension[] {
    return this.extensions.get(body) ?? [];
  }

  async check(
    body: BodyClass,
    values: ExtraFields,
    subject: ExtensionSubject,
    manager: EntityManager,
  ): Promise<void> {
    for (const extension of this.of(body)) await extension.check?.(values, subject, manager);
  }

  async apply(
    body: BodyClass,
    values: ExtraFields,
    subject: ExtensionSubject,
    manager: EntityManager,
  ): Promise<void> {
    for (const extension of this.of(body)) await extension.apply(values, subject, manager);
  }
}
