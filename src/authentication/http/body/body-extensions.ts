import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Client } from '../../core/clients/client.js';
import type { Session } from '../../core/sessions/session.entity.js';
import type { User } from '../../core/users/user.entity.js';

export type BodyClass = new () => object;

/** Validated values of the fields that features added, which can be stored as JSON while a challenge is open. */
export type ExtraFields = Readonly<Record<string, unknown>>;

/** A body that features may add fields to. */
export class OpenBody {
  readonly extra: ExtraFields = {};
}

/** The user who signs up or in and, once a sign-in has started it, the new session. */
export interface ExtensionSubject {
  user: User;
  client: Client;
  session?: Session;
}

/** Adds fields to `POST /sign_up` or `POST /sign_in`. */
export interface BodyExtension {
  /** a class with class-validator's decorators */
  readonly fields: BodyClass;
  /**
   * Throws if `apply` would refuse the values. A sign-in calls it before the first challenge. @throws InvalidBody
   */
  check?(values: ExtraFields, subject: ExtensionSubject, manager: EntityManager): Promise<void>;
  /**
   * Stores the values, in the transaction of the sign-up or of the new session. With CONCEAL_ACCOUNTS, a sign-up with a
   * taken address calls it too, and undoes what it wrote. A field whose value must be unique must then be left out of
   * `fields`: it would tell later whether the sign-up was undone. @throws InvalidBody
   */
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
