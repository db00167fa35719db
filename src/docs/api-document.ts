import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { AuthenticationSettings } from '../authentication/core/settings/authentication.settings.js';
import { authenticationDocument } from '../authentication/http/openapi/document.js';

const DESCRIPTION = `Sign-up, sign-in, sessions, passwords and email addresses.

Bodies are JSON; unknown fields are refused. A caller bears its session's token in \`Authorization: Bearer\` or in
\`X-Session-Token\`. Failures are problems (RFC 9457): rely on \`code\`. No answer may be kept.`;

/** In this order; others follow. */
const GROUPS = ['Accounts', 'Sessions', 'Passwords', 'Email addresses'];

/** The OpenAPI document of the server, with paths that are relative to where it is reached. */
export function apiDocument(
  application: INestApplication,
  { appName, appUrl, routePrefix }: AuthenticationSettings,
): OpenAPIObject {
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
