import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { loadAnnotations } from '../authentication/core/openapi/annotations.js';
import type { AuthenticationSettings } from '../authentication/core/settings/authentication.settings.js';
import { authenticationDocument } from '../authentication/http/openapi/document.js';

const DESCRIPTION = `Sign-up, sign-in, sessions, passwords and email addresses.

Bodies are JSON. Unknown fields are refused. The answer to a sign-in has a token in the header \`X-Session-Token\`: send it
in that header, or as \`Authorization: Bearer\`, with every request that needs a session. A failure is a problem (RFC 9457);
its \`code\` never changes. No answer may be cached.`;

/** The order of the groups. Groups of features follow. */
const GROUPS = ['Accounts', 'Sessions', 'Passwords', 'Email addresses'];

/** The OpenAPI document of the server. The route prefix is in the server's address, not in the paths. */
export async function apiDocument(
  application: INestApplication,
  { appName, appUrl, routePrefix }: AuthenticationSettings,
): Promise<OpenAPIObject> {
  await loadAnnotations();
  const document = authenticationDocument(
    application,
    {
      info: { title: appName, version: '1', description: DESCRIPTION },
      tags: GROUPS.map((name) => ({ name })),
      servers: [{ url: `${appUrl}${routePrefix}` }],
    },
    { autoTagControllers: false },
  );
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path.startsWith(`${routePrefix}/`) ? path.slice(routePrefix.length) : path,
    item,
  ]);
  return { ...document, paths: Object.fromEntries(paths) as OpenAPIObject['paths'] };
}
