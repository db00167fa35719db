import { createParamDecorator, Injectable, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { Database, type Statement } from '../../core/database/database.js';
import { currentCredentialOf, currentSessionOf } from '../../sessions/authentication.guard.js';
import { isDeviceCredential } from './tokens/device-token.kind.js';

const OF_SESSION: Statement = {
  name: 'authentication_device_of_session_1',
  text: 'SELECT device_id FROM authentication.device_sessions WHERE session_id = $1',
};

/** Finds the caller's device: the one whose token the request carries, or the one that was named at sign-in. */
@Injectable()
export class CurrentDevicePipe implements PipeTransform<ExecutionContext, Promise<number | null>> {
  constructor(private readonly database: Database) {}

  async transform(context: ExecutionContext): Promise<number | null> {
    const credential = currentCredentialOf(context);
    if (credential !== undefined && isDeviceCredential(credential)) return credential.deviceId;
    const current = currentSessionOf(context);
    if (current === undefined) return null;
    const [row] = await this.database.run<{ device_id: string }>(OF_SESSION, [current.session.id]);
    return row === undefined ? null : Number(row.device_id);
  }
}

const Context = createParamDecorator((_: unknown, context: ExecutionContext) => context);

/** For your own guarded routes: the id of the caller's device, or null. */
export const CurrentDevice = (): ParameterDecorator => Context(CurrentDevicePipe);
