import { Module } from '@nestjs/common';
import { ActivityEvent } from './activity-event.entity.js';
import { ActivityRecorder } from './activity.recorder.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { CreateActivity1795000400000 } from './migrations/1795000400000-create-activity.js';

@Module({ controllers: [EventsController], providers: [ActivityRecorder, EventsService] })
export class ActivityModule {
  static readonly entities = [ActivityEvent];
  static readonly migrations = [CreateActivity1795000400000];
}
