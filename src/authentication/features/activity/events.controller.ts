import { Get } from '@nestjs/common';
import type { User } from '../../core/users/user.entity.js';
import { AuthenticationController } from '../../http/routes/authentication-controller.js';
import { QueryWhole } from '../../http/routes/parameters.js';
import { Authenticated } from '../../sessions/authenticated.js';
import { CurrentUser } from '../../sessions/authentication.guard.js';
import { eventView, type EventView } from './event.view.js';
import { ListEventsDocs } from './events.openapi.js';
import { DEFAULT_LIMIT, EventsService, MAX_LIMIT } from './events.service.js';

@AuthenticationController('authentications/events')
@Authenticated()
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @ListEventsDocs()
  async list(
    @CurrentUser() user: User,
    @QueryWhole({ name: 'limit', min: 1, max: MAX_LIMIT }) limit: number | null,
    @QueryWhole({ name: 'before', min: 1, max: Number.MAX_SAFE_INTEGER }) before: number | null,
  ): Promise<EventView[]> {
    return (await this.events.listFor(user, limit ?? DEFAULT_LIMIT, before)).map(eventView);
  }
}
