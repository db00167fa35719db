import { Injectable, Logger } from '@nestjs/common';
import { isInRanges, plainAddress } from '../../core/clients/address.js';
import { plainUserAgent, type Client } from '../../core/clients/client.js';
import { traceOf } from '../../core/clients/trace.js';
import { ownerOf } from '../../core/realms/realm.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { Texts } from '../../core/texts/texts.js';
import { RequestRealms } from '../realm/request-realms.js';
import type { HttpRequest } from '../request/http.js';

const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/** In characters, from the right: about a hundred proxies. Each address in the list costs time. */
const LONGEST_LIST = 2000;

/** Finds the client of a request: the peer, or the address that a trusted proxy forwards. */
@Injectable()
export class RequestClients {
  private readonly logger = new Logger(RequestClients.name);
  private warned = false;

  constructor(
    @Settings() private readonly settings: AuthenticationSettings,
    private readonly realms: RequestRealms,
    private readonly texts: Texts,
  ) {}

  async of(request: HttpRequest): Promise<Client> {
    const { client, realm } = await this.realms.resolve(request);
    const found = client === undefined ? this.peerOf(request) : { ...client, ...tracedBy(request) };
    const owner = ownerOf(realm);
    return owner === null ? found : { ...found, owner };
  }

  /** The client that sent the request, even if it is a backend that acts for another client. */
  peerOf(request: HttpRequest): Client {
    return {
      ipAddress: this.addressOf(request),
      userAgent: plainUserAgent(request.headers['user-agent'] ?? null),
      locale: this.texts.localeFor(request.headers['accept-language']),
      ...tracedBy(request),
    };
  }

  private addressOf(request: HttpRequest): string | null {
    const peer = plainAddress(request.socket?.remoteAddress ?? '');
    if (peer === null) return null;
    if (!this.isTrusted(peer)) {
      this.warnOfForwarding(request);
      return peer;
    }
    return this.namedByProxies(request) ?? peer;
  }

  /** Reads from right to left: each trusted proxy appends the address of its peer; anybody can write the rest. */
  private namedByProxies(request: HttpRequest): string | null {
    const header = request.headers['x-forwarded-for'];
    const list = Array.isArray(header) ? header.join(',') : (header ?? '');
    const hops = list.slice(-LONGEST_LIST).split(',');
    // The first may have been cut.
    if (list.length > LONGEST_LIST) hops.shift();
    for (let named: string | null = null; ;) {
      const hop = plainAddress(withoutPort(hops.pop() ?? ''));
      if (hop === null) return named;
      if (!this.isTrusted(hop)) return hop;
      named = hop;
    }
  }

  private isTrusted(address: string): boolean {
    return isInRanges(address, this.settings.trustedProxies);
  }

  private warnOfForwarding(request: HttpRequest): void {
    if (this.warned || !FORWARDING_HEADERS.some((name) => name in request.headers)) return;
    this.warned = true;
    this.logger.warn({
      ...traceOf(request.headers['traceparent']),
      event: 'untrusted_forwarding',
      hint: 'A peer that is not in TRUSTED_PROXIES sent a forwarding header. Such headers are ignored.',
    });
  }
}

function tracedBy({ headers }: HttpRequest): Pick<Client, 'trace'> {
  const trace = traceOf(headers['traceparent']);
  return trace === undefined ? {} : { trace };
}

/** Some proxies append the port that they saw: `1.2.3.4:5678`, `[2001:db8::1]:5678`. */
function withoutPort(hop: string): string {
  return hop.trim().replace(/^\[(.*)\](?::\d+)?$|^(\d+(?:\.\d+){3}):\d+$/, '$1$2');
}
