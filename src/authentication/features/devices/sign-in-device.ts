import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import type { EntityManager } from 'typeorm';
import { ApiPropertyOptional } from '../../core/openapi/annotations.js';
import { InvalidBody } from '../../core/problems/problems.js';
import {
  BodyExtensions,
  type BodyExtension,
  type ExtensionSubject,
  type ExtraFields,
} from '../../http/body/body-extensions.js';
import { FieldRule } from '../../http/body/fields.js';
import { SignInDto } from '../../sessions/dto/sign-in.dto.js';
import { Device } from './device.entity.js';

/** The largest id that a path takes, too: 15 digits. */
const MAX_ID = 999_999_999_999_999;

export class SignInDeviceFields {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    nullable: true,
    description: 'the id of one of your devices; the session then belongs to it',
  })
  @IsOptional()
  @FieldRule((value) =>
    typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MAX_ID ? null : 'invalid',
  )
  device_id?: number | null;
}

/** Adds `device_id` to `POST /sign_in`: the session belongs to that device, and ends when the device is removed. */
@Injectable()
export class SignInDevice implements BodyExtension, OnModuleInit {
  readonly fields = SignInDeviceFields;

  constructor(private readonly extensions: BodyExtensions) {}

  onModuleInit(): void {
    this.extensions.extend(SignInDto, this);
  }

  /**
   * Runs again after a challenge was passed. A device of another user, a missing one and a deleted one get the same
   * answer.
   */
  async check(
    { device_id: id }: ExtraFields,
    { user }: ExtensionSubject,
    manager: EntityManager,
  ): Promise<void> {
    if (typeof id !== 'number') return;
    const isOwn = await manager.existsBy(Device, { id, userId: user.id });
    if (!isOwn) throw InvalidBody.of('device_id', 'invalid');
  }

  async apply(
    { device_id: id }: ExtraFields,
    { session }: ExtensionSubject,
    manager: EntityManager,
  ): Promise<void> {
    if (typeof id !== 'number' || session === undefined) return;
    await manager.query(
      'INSERT INTO authentication.device_sessions (session_id, device_id) VALUES ($1, $2)',
      [session.id, id],
    );
    await manager.query('UPDATE authentication.devices SET last_seen_at = now() WHERE id = $1', [id]);
  }
}
