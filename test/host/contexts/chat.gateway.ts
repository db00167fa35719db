import type { IncomingMessage } from 'node:http';
import { Module, UseFilters, UseGuards, type Type } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { User } from '../../../src/authentication/core/users/user.entity.js';
import { RequireSudo } from '../../../src/authentication/features/sudo/sudo.guard.js';
import { ProblemFilter } from '../../../src/authentication/http/problems/problem.filter.js';
import { rememberUpgrade } from '../../../src/authentication/http/request/socket-request.js';
import { Public } from '../../../src/authentication/http/routes/public.js';
import {
  AuthenticationGuard,
  CurrentSession,
  CurrentUser,
  SessionOnly,
} from '../../../src/authentication/sessions/authentication.guard.js';
import type { Caller } from '../../../src/authentication/sessions/caller.js';

interface Reply {
  event: string;
  data: unknown;
}

const reply = (data: unknown): Reply => ({ event: 'reply', data });

/** As an application guards its own messages. */
abstract class Messages {
  @SubscribeMessage('me')
  @UseGuards(AuthenticationGuard)
  me(@CurrentUser() user: User, @MessageBody() body: unknown): Reply {
    return reply(body === undefined ? user.id : [user.id, body]);
  }

  @SubscribeMessage('session')
  @UseGuards(AuthenticationGuard)
  @SessionOnly()
  session(@CurrentSession() { session }: Caller): Reply {
    return reply(session.id);
  }

  @SubscribeMessage('secret')
  @RequireSudo()
  secret(@CurrentUser() user: User): Reply {
    return reply(user.id);
  }

  @SubscribeMessage('open')
  open(): Reply {
    return reply('open');
  }

  /** A forgotten guard. */
  @SubscribeMessage('stray')
  stray(@CurrentUser() user: User): Reply {
    return reply(user.id);
  }

  @SubscribeMessage('published')
  @Public()
  published(): Reply {
    return reply('published');
  }

  @SubscribeMessage('own')
  @Public()
  own(): never {
    throw new WsException('an error of the application');
  }

  @SubscribeMessage('broken')
  @Public()
  broken(): never {
    throw new Error('internals');
  }
}

@WebSocketGateway()
@UseFilters(ProblemFilter)
class SocketIoGateway extends Messages {}

@WebSocketGateway({ path: '/' })
@UseFilters(ProblemFilter)
class WsGateway extends Messages implements OnGatewayConnection {
  handleConnection(client: WebSocket, request: IncomingMessage): void {
    if (request.headers['x-forgotten'] === undefined) rememberUpgrade(client, request);
  }
}

/** Lets only signed-in users connect. */
@WebSocketGateway({ namespace: 'members' })
class SocketIoMembers implements OnGatewayConnection {
  constructor(private readonly guard: AuthenticationGuard) {}

  async handleConnection(client: Socket): Promise<void> {
    const user = await this.guard.userOfSocket(client);
    if (user === null) client.disconnect(true);
    else client.emit('reply', user.id);
  }
}

@WebSocketGateway({ path: '/members' })
class WsMembers implements OnGatewayConnection {
  constructor(private readonly guard: AuthenticationGuard) {}

  async handleConnection(client: WebSocket, request: IncomingMessage): Promise<void> {
    rememberUpgrade(client, request);
    const user = await this.guard.userOfSocket(client);
    if (user === null) client.close(4401);
    else client.send(JSON.stringify(reply(user.id)));
  }
}

@Public()
class News {
  @SubscribeMessage('news')
  news(): Reply {
    return reply('news');
  }
}

@WebSocketGateway({ namespace: 'news' })
class SocketIoNews extends News {}

@WebSocketGateway({ path: '/news' })
class WsNews extends News {}

/** Without our filter: Nest answers. */
@WebSocketGateway({ namespace: 'plain' })
@UseGuards(AuthenticationGuard)
class PlainGateway {
  @SubscribeMessage('me')
  me(@CurrentUser() user: User): Reply {
    return reply(user.id);
  }
}

function moduleOf(...providers: Type[]): Type {
  @Module({ providers })
  class ChatModule {}
  return ChatModule;
}

export const SocketIoModule = moduleOf(SocketIoGateway, SocketIoMembers, SocketIoNews, PlainGateway);
export const WsModule = moduleOf(WsGateway, WsMembers, WsNews);
