import { request as httpRequest } from 'node:http';
import { once } from 'node:events';
import { PASSWORD, startApplication, type TestApplication } from '../../../support/application.js';
import { Log } from '../../../support/log.js';

interface Seen {
  ip_address: string;
  user_agent: string | null;
}

/** The client of a session that was started with these headers. */
async function seenBy(app: TestApplication, headers: Record<string, string>): Promise<Seen> {
  const { email } = await app.signUp();
  const { body } = await app.anonymous
    .post('/sign_in')
    .set(headers)
    .send({ email, password: PASSWORD })
    .expect(201);
  return body as Seen;
}

/** The user agent of a session that was started with these bytes in the header: other clients encode them on their own. */
async function agentSeenBy(app: TestApplication, agent: Buffer | null): Promise<string | null> {
  const { email } = await app.signUp();
  const body = JSON.stringify({ email, password: PASSWORD });
  const sent = httpRequest(`${app.url}/sign_in`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(body),
      ...(agent === null ? {} : { 'User-Agent': agent.toString('latin1') }),
    },
  });
  // As bytes: before a text, Node.js writes the headers in the encoding of that text.
  sent.end(Buffer.from(body));
  const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return (JSON.parse(Buffer.concat(parts).toString()) as Seen).user_agent;
}

async function addressSeenBy(app: TestApplication, forwarded: string): Promise<string> {
  return (await seenBy(app, { 'X-Forwarded-For': forwarded })).ip_address;
}

describe('the client address, without TRUSTED_PROXIES', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication();
  });
  afterAll(() => app.close());

  it('is logged with a warning about forwarding headers, once', async () => {
    const log = Log.of(app);
    for (let sent = 0; sent < 3; sent += 1) await addressSeenBy(app, '203.0.113.9');
    expect(log.entries('untrusted_forwarding')).toHaveLength(1);
    expect(log.entries('untrusted_forwarding')[0]).toMatchObject({
      level: 'warn',
      hint: expect.stringContaining('TRUSTED_PROXIES') as string,
    });
    expect(log.lines.join('\n')).not.toContain('203.0.113.9');
  });

  it('is the peer, whatever the headers are (allauth 65.14.2)', async () => {
    for (const header of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'X-Client-IP', 'Client-IP']) {
      const { ip_address: address } = await seenBy(app, { [header]: 'for=203.0.113.9, 203.0.113.9' });
      expect(address).toBe('127.0.0.1');
    }
  });

  it('comes with the user agent as it was sent, in UTF-8 too, and in the log', async () => {
    const log = Log.of(app);
    for (const sent of ['Läufer/1.0 (日本語 🙂)', 'Browser/1.0 (plain)']) {
      expect(await agentSeenBy(app, Buffer.from(sent))).toBe(sent);
      expect(JSON.stringify(log.entries('signed_in'))).toContain(sent);
    }
    expect(await agentSeenBy(app, Buffer.from('L\xe4ufer/1.0', 'latin1'))).toBe('L\xe4ufer/1.0');
  });

  it('comes with a user agent that is not cut inside a character', async () => {
    const sent = `Browser/${'x'.repeat(503)}`;
    expect(await agentSeenBy(app, Buffer.from(`${sent}🙂🙂`))).toBe(sent);
  });

  it('comes with a user agent that is cut at 512 characters', async () => {
    const { user_agent: agent } = await seenBy(app, { 'User-Agent': `Browser/${'x'.repeat(1000)}` });
    expect(agent).toBe(`Browser/${'x'.repeat(504)}`);
  });

  it('comes without a user agent if the request has none', async () => {
    expect(await agentSeenBy(app, null)).toBeNull();
  });
});

describe('the client address, with TRUSTED_PROXIES', () => {
  let app: TestApplication;

  beforeAll(async () => {
    app = await startApplication({
      variables: { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, 2001:db8:f::/48' },
    });
  });
  afterAll(() => app.close());

  it('is the address that the proxy appended, not one that the client wrote before it (allauth 65.14.2)', async () => {
    expect(await addressSeenBy(app, '203.0.113.9')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '1.1.1.1, 203.0.113.9')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '1.1.1.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '1.1.1.1,203.0.113.9,10.1.2.3,2001:db8:f:1::7')).toBe('203.0.113.9');
  });

  it('is the first proxy when the header lists only trusted ones', async () => {
    expect(await addressSeenBy(app, '10.0.0.1, 10.0.0.2')).toBe('10.0.0.1');
  });

  it('is the peer when the header is invalid, or the first valid address after an invalid one', async () => {
    for (const junk of [
      '',
      ' ',
      ',',
      'unknown',
      '203.0.113.999',
      "' OR 1=1 --",
      '<b>',
      '1.2.3.4 1.2.3.4',
      '[::1',
    ]) {
      expect(await addressSeenBy(app, junk)).toBe('127.0.0.1');
    }
    expect(await addressSeenBy(app, '203.0.113.9, junk')).toBe('127.0.0.1');
    expect(await addressSeenBy(app, 'junk, 203.0.113.9')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, 'junk, 10.0.0.1')).toBe('10.0.0.1');
  });

  it('has one form for every spelling (CVE-2026-45364)', async () => {
    expect(await addressSeenBy(app, '::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '::ffff:cb00:7109')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '2001:0DB8:0000::0001')).toBe('2001:db8::1');
    expect(await addressSeenBy(app, 'fe80::1%eth0')).toBe('fe80::1');
  });

  it('is read without the port that some proxies append', async () => {
    expect(await addressSeenBy(app, '203.0.113.9:40000')).toBe('203.0.113.9');
    expect(await addressSeenBy(app, '[2001:db8::1]:40000')).toBe('2001:db8::1');
  });

  it('is not read from other headers', async () => {
    expect((await seenBy(app, { Forwarded: 'for=203.0.113.9' })).ip_address).toBe('127.0.0.1');
    expect((await seenBy(app, { 'X-Real-IP': '203.0.113.9' })).ip_address).toBe('127.0.0.1');
  });

  it('causes no warning when the peer is trusted', async () => {
    const log = Log.of(app);
    await addressSeenBy(app, '203.0.113.9');
    expect(log.entries('untrusted_forwarding')).toEqual([]);
  });
});
