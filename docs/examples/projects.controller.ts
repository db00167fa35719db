import {
  Controller,
  Delete,
  Get,
  HttpCode,
  Injectable,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Put,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import type { User } from '../../src/authentication/core/users/user.entity.js';
import { RequireSudo } from '../../src/authentication/features/sudo/sudo.guard.js';
import { ProblemFilter } from '../../src/authentication/http/problems/problem.filter.js';
import { Public } from '../../src/authentication/http/routes/public.js';
import {
  AuthenticationGuard,
  CurrentSession,
  CurrentUser,
  SessionOnly,
} from '../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../src/authentication/sessions/caller.js';

export interface Project {
  id: number;
  /** `users.id` */
  ownerId: number;
  name: string;
  published: boolean;
  /** `sessions.id`: only this session may edit the project, no other session of the same user */
  lockedBy: number | null;
}

/** In memory here; in your application a table. */
@Injectable()
export class Projects {
  private rows: Project[] = [];
  private lastId = 0;

  add(ownerId: number, name: string, published = false): Project {
    this.lastId += 1;
    const project = { id: this.lastId, ownerId, name, published, lockedBy: null };
    this.rows.push(project);
    return project;
  }

  published(): Project[] {
    return this.rows.filter(({ published }) => published);
  }

  of(owner: User): Project[] {
    return this.rows.filter(({ ownerId }) => ownerId === owner.id);
  }

  /** @throws NotFoundException also for another user's project, so that nobody learns which ids exist */
  find(id: number, owner: User): Project {
    const project = this.of(owner).find((candidate) => candidate.id === id);
    if (project === undefined) throw new NotFoundException();
    return project;
  }

  remove(project: Project): void {
    this.rows = this.rows.filter((row) => row !== project);
  }
}

@Controller('projects')
@UseFilters(ProblemFilter)
export class ProjectsController {
  constructor(private readonly projects: Projects) {}

  /** For everybody, signed in or not. */
  @Get('published')
  @Public()
  listPublished(): string[] {
    return this.projects.published().map(({ name }) => name);
  }

  /** For signed-in users, with a token of any kind. */
  @Get()
  @UseGuards(AuthenticationGuard)
  list(@CurrentUser() user: User): Project[] {
    return this.projects.of(user);
  }

  /** For sessions only: one signed-in browser or phone has the lock, not the user. */
  @Put(':id/lock')
  @UseGuards(AuthenticationGuard)
  @SessionOnly()
  lock(@Param('id', ParseIntPipe) id: number, @CurrentSession() { user, session }: Caller): Project {
    return Object.assign(this.projects.find(id, user), { lockedBy: session.id });
  }

  /** For sessions that started, or whose user gave the password again, in the last 30 minutes. */
  @Delete(':id')
  @RequireSudo()
  @HttpCode(204)
  remove(@Param('id', ParseIntPipe) id: number, @CurrentUser() user: User): void {
    this.projects.remove(this.projects.find(id, user));
  }
}

@Module({ controllers: [ProjectsController], providers: [Projects] })
export class ProjectsModule {}
