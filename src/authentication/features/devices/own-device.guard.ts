import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { SessionRequired } from '../../core/problems/problems.js';
import { requestOf } from '../../http/request/context-request.js';
import { currentCredentialOf } from '../../sessions/authentication.guard.js';
import { isDeviceCredential } from './tokens/device-token.kind.js';

/** Allows sessions, and the token of the device that the path names. Runs after `AuthenticationGuard`. */
@Injectable()
export class OwnDeviceGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const credential = currentCredentialOf(context);
    if (credential === undefined) return true;
    const params = requestOf(context).params as Record<string, string>;
    if (isDeviceCredential(credential) && params['id'] === String(credential.deviceId)) return true;
    throw new SessionRequired();
  }
}
