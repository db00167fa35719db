import { Get, Res } from '@nestjs/common';
import { isIP } from 'node:net';
import Handlebars from 'handlebars';
import { sendPage } from '../pages/page.js';
import { NotFound } from '../problems/problems.js';
import { AuthenticationController } from '../requests/authentication-controller.js';
import type { HttpRequest, HttpResponse } from '../requests/http.js';
import { CurrentRequest } from '../requests/parameters.js';
import { wantsJson } from '../requests/preference.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import { DevelopmentMailbox, type KeptMail } from './development-mailbox.js';
import { MailTransport } from './mail.js';
import { ListMailsDocs } from './mailbox.openapi.js';

const FORWARDING_HEADERS = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

const mailbox = Handlebars.compile<{ mails: readonly (KeptMail & { parts: readonly TextPart[] })[] }>(`
{{#each mails}}<article>
<h2>{{subject}}</h2>
<p class="hint">To {{to}}, <time datetime="{{sent_at}}">{{sent_at}}</time></p>
<pre>{{#each parts}}{{#if url}}<a href="{{url}}">{{url}}</a>{{else}}{{text}}{{/if}}{{/each}}</pre>
</article>
{{else}}<p>No mail yet. Sign somebody up, and reload this page.</p>
{{/each}}`);

interface TextPart {
  text?: string;
  url?: string;
}

/** Where mails go while no SMTP server is set: for the developer at this very machine, and for nobody else. */
@AuthenticationController('dev/mailbox')
export class MailboxController {
  constructor(
    private readonly transport: MailTransport,
    @Settings() private readonly settings: AuthenticationSettings,
  ) {}

  @Get()
  @ListMailsDocs()
  list(@CurrentRequest() request: HttpRequest, @Res({ passthrough: true }) response: HttpResponse): unknown {
    if (!(this.transport instanceof DevelopmentMailbox) || !isLocal(request)) throw new NotFound();
    const mails = this.transport.list();
    if (wantsJson(request)) return mails;
    const body = mailbox({ mails: mails.map((mail) => ({ ...mail, parts: partsOf(mail.text) })) });
    return sendPage(response, this.settings.appName, { title: 'Development mailbox', body, wide: true });
  }
}

/** A loopback peer that asks for a local name, with no proxy in between: a page of another site cannot (DNS rebinding). */
function isLocal({ headers, socket }: HttpRequest): boolean {
  const peer = (socket?.remoteAddress ?? '').replace(/^::ffff:/, '');
  const name = URL.canParse(`http://${headers.host ?? ''}`)
    ? new URL(`http://${headers.host ?? ''}`).hostname
    : '';
  return isLoopback(peer) && isLocalName(name) && !FORWARDING_HEADERS.some((header) => header in headers);
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

function isLocalName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name.replace(/^\[|\]$/g, ''));
}

function partsOf(text: string): TextPart[] {
  return text
    .split(/(https?:\/\/\S+)/)
    .map((part, index) => (index % 2 === 1 ? { url: part } : { text: part }));
}
