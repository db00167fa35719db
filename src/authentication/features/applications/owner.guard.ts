import {
  applyDecorators,
  Injectable,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Problem } from '../../core/problems/problem.js';
import { EmailUnverified } from '../../core/problems/problems.js';
import { ROOT_REALM_ID } from '../../core/realms/realm.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { currentSessionOf } from '../../sessions/authentication.guard.js';

export class RootRealmRequired extends Problem {
  constructor() {
    super(
      403,
      'root_realm_required',
      'Root realm required',
      'Users of an application cannot own applications.',
    );
  }
}

/**
 * Only users of the root realm can own applications, and only with a verified address: the limits count all applications
 * of an owner together, so that an owner must not come for free. Runs after `AuthenticationGuard`.
 */
@Injectable()
export class OwnerGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const user = currentSessionOf(context)?.user;
    if (user?.realm !== ROOT_REALM_ID) throw new RootRealmRequired();
    if (!user.verified) throw new EmailUnverified();
    return true;
  }
}

export function OwnersOnly(): ClassDecorator {
  return applyDecorators(Authenticated(), UseGuards(OwnerGuard));
}
