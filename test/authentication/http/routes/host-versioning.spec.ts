import { VersioningType, type VersioningOptions } from '@nestjs/common';
import { startApplication, type TestApplication } from '../../../support/application.js';

const VERSIONINGS: readonly [name: string, options: VersioningOptions][] = [
  ['in the path', { type: VersioningType.URI }],
  ['in the path, with a default', { type: VersioningType.URI, defaultVersion: '1' }],
  [
    'in a header, with a default',
    { type: VersioningType.HEADER, header: 'X-Api-Version', defaultVersion: '1' },
  ],
  ['in the media type, with a default', { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '1' }],
  [
    'of its own kind, with a default',
    { type: VersioningType.CUSTOM, extractor: () => '1', defaultVersion: '1' },
  ],
];

describe('In a host whose routes have versions', () => {
  for (const [name, options] of VERSIONINGS) {
    describe(name, () => {
      let app: TestApplication;

      beforeAll(async () => {
        app = await startApplication({ features: [], prepare: (nest) => nest.enableVersioning(options) });
      });
      afterAll(() => app.close());

      it('our routes and the mailed links stay where they are', async () => {
        const { email } = await app.signUp();
        const link = await app.mailbox.linkTo(email);
        expect(link.pathname).toBe('/identity/email_verification');
        await app.anonymous.get(`${link.pathname}${link.search}`).expect(200).expect('Content-Type', /html/);
        const { token } = await app.signIn(email);
        await app.as(token).get('/me').expect(200);
        await app.anonymous.get('/v1/me').expect(404);
      });
    });
  }
});
