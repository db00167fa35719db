import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import request from 'supertest';
import { SmtpSink, textOf } from '../support/smtp.js';
import { until } from '../support/until.js';
import { builtServer, databaseUrl, ServerProcess, temporaryDirectory } from './server-process.js';

const PASSWORD = 'correct horse battery staple';

describe('The server in one file', () => {
  const directory = temporaryDirectory();
  let sink: SmtpSink;
  let server: ServerProcess | undefined;
  const url = (): string => server?.url ?? '';

  beforeAll(async () => {
    // Outside of the project: nothing can be loaded from its node_modules.
    const target = join(directory, 'bundle');
    const { status, stderr } = spawnSync(process.execPath, [
      'scripts/bundle.mjs',
      dirname(builtServer()),
      target,
    ]);
    if (status !== 0) throw new Error(stderr.toString());
    sink = await SmtpSink.listen();
    const { TEST_REDIS_URL: redis } = process.env;
    server = await ServerProcess.start({
      directory,
      program: join(target, 'main.mjs'),
      variables: {
        DATABASE_URL: databaseUrl(directory),
        SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
        SMTP_URL: sink.url,
        ...(redis === undefined ? {} : { REDIS_URL: redis }),
      },
    });
  });
  afterAll(async () => {
    await server?.stop();
    await sink.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('signs a user up and in, and sends the mail', async () => {
    const email = `bundle-${process.pid}-${Date.now()}@example.com`;
    const signUp = { email, password: PASSWORD, password_confirmation: PASSWORD };
    await request(url()).post('/sign_up').send(signUp).expect(201);
    const { headers } = await request(url()).post('/sign_in').send({ email, password: PASSWORD }).expect(201);
    const token = String(headers['x-session-token']);
    await request(url()).get('/sessions/current').set('X-Session-Token', token).expect(200);
    const mail = await until(() => sink.to(email)[0]);
    expect(textOf(mail)).toContain('http://app.test');
  });

  it('refuses a common password, and a body with faults', async () => {
    const password = 'passwordpassword';
    const { body } = await request(url())
      .post('/sign_up')
      .send({ email: 'a', password, password_confirmation: password })
      .expect(422);
    expect(body).toMatchObject({
      errors: [
        { field: 'email', code: 'invalid' },
        { field: 'password', code: 'too_common' },
      ],
    });
  });

  it('shows pages, the OpenAPI document and Swagger UI', async () => {
    const page = await request(url()).get('/identity/password_reset').set('Accept', 'text/html');
    expect(page.text).toContain('<!doctype html>');
    const { body } = await request(url()).get('/openapi.json').expect(200);
    expect(body).toMatchObject({ paths: { '/sign_in': { post: { operationId: 'signIn' } } } });
    await request(url()).get('/docs').expect(200);
    await request(url()).get('/docs/swagger-ui-bundle.js').expect(200);
  });
});
