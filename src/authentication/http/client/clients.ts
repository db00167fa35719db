import { isIP } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import { Realms } from '../../core/realms/realms.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.module.js';
import type { HttpRequest } from '../request/http.js';

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
    return client ?? this.peerOf(request);
  }

  /** Who sent the request itself, on whosever behalf. */
  peerOf(request: HttpRequest): Client {
    return {
      ipAddress: this.addressOf(request),
      userAgent: plainUserAgent(request.headers['user-agent'] ?? null),
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

  /** Read from the right: each trusted proxy appends whom it saw, and what lies left of that anybody can write. */
  private namedByProxies(request: HttpRequest): string | null {
    const header = request.headers['x-forwarded-for'];
    const hops = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',');
    for (let named: string | null = null; ;) {
      const hop = plainAddress(withoutPort(hops.pop() ?? ''));
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

export function plainUserAgent(text: string | null): string | null {
  return text?.slice(0, USER_AGENT_LENGTH) ?? null;
}

/** An address in one form, every spelling of `::ffff:1.2.3.4` as 1.2.3.4 (CVE-2026-45364); null for what is none. */
export function plainAddress(text: string): string | null {
  const address = text.replace(/%.*$/, '');
  const version = isIP(address);
  if (version !== 6) return version === 4 ? address : null;
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(canonical) ?? [];
  if (high === undefined || low === undefined) return canonical;
  return [high, low]
    .map((group) => parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/** Some proxies append the port that they saw: `1.2.3.4:5678`, `[2001:db8::1]:5678`. */
function withoutPort(hop: string): string {
  return hop.trim().replace(/^\[(.*)\](?::\d+)?$|^(\d+(?:\.\d+){3}):\d+$/, '$1$2');
}
