import { isIP } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import { Realms } from '../realms/realms.js';
import type { AuthenticationSettings } from '../settings/authentication.settings.js';
import { Settings } from '../settings/settings.module.js';
import type { HttpRequest } from './http.js';

const USER_AGENT_LENGTH = 512;
const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/** Where a request comes from. */
export interface Client {
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Tells who really asks: the peer, or whom a trusted proxy names. */
@Injectable()
export class Clients {
  private readonly logger = new Logger(Clients.name);
  private warned = false;

  constructor(
    @Settings() private readonly settings: AuthenticationSettings,
    private readonly realms: Realms,
  ) {}

  async of(request: HttpRequest): Promise<Client> {
    const { client } = await this.realms.resolve(request);
    return client ?? { ipAddress: this.addressOf(request), userAgent: userAgentOf(request) };
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

  /** Read from the right: each trusted proxy appends whom it saw, and what lies left of that anybody can write. */
  private namedByProxies(request: HttpRequest): string | null {
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    for (let named: string | null = null; ;) {
      const hop = plainAddress(hops.pop()?.trim() ?? '');
      if (hop === null) return named;
      if (!this.isTrusted(hop)) return hop;
      named = hop;
    }
  }

  private isTrusted(address: string): boolean {
    return this.settings.trustedProxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }

  private warnOfForwarding(request: HttpRequest): void {
    if (this.warned || !FORWARDING_HEADERS.some((name) => name in request.headers)) return;
    this.warned = true;
    this.logger.warn({
      event: 'untrusted_forwarding',
      hint: 'A peer that TRUSTED_PROXIES does not name sent a forwarding header; such headers are ignored.',
    });
  }
}

function userAgentOf(request: HttpRequest): string | null {
  return request.headers['user-agent']?.slice(0, USER_AGENT_LENGTH) ?? null;
}

/** An address in one form, `::ffff:1.2.3.4` as 1.2.3.4 (CVE-2026-45364); null for what is none. */
function plainAddress(text: string): string | null {
  const address = text
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '')
    .replace(/%.*$/, '');
  return isIP(address) === 0 ? null : address;
}
