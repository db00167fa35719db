import { applyDecorators } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { ApiParam } from '../../core/openapi/annotations.js';
import { addHeader, addProblem } from '../../http/openapi/document.js';
import { Documented, type RouteDescription } from '../../http/openapi/documented.js';
import { ApiKeyView, ApplicationView, CreatedApplicationView } from './application.view.js';
import { CreateApplicationDto, UpdateApplicationDto } from './dto/application.dto.js';
import { ReplaceApiKeyDto } from './dto/replace-api-key.dto.js';
import { API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT } from './end-user.js';

const ONE = { description: 'The application.', type: ApplicationView };

const OwnerRoute = (
  route: Pick<RouteDescription, 'id' | 'summary' | 'details' | 'body' | 'answers' | 'problems'>,
): MethodDecorator =>
  Documented({
    ...route,
    group: 'Applications',
    caller: 'session',
    problems: { 403: ['root_realm_required', 'email_unverified'], ...route.problems },
  });

const OneRoute = (route: Parameters<typeof OwnerRoute>[0]): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } }),
    OwnerRoute({ ...route, problems: { 404: ['not_found'] } }),
  );

export const ListApplicationsDocs = (): MethodDecorator =>
  OwnerRoute({
    id: 'listApplications',
    summary: 'List your applications',
    answers: { 200: { description: 'Your applications, newest first.', type: [ApplicationView] } },
  });

export const ShowApplicationDocs = (): MethodDecorator =>
  OneRoute({ id: 'showApplication', summary: 'Show one of your applications', answers: { 200: ONE } });

export const CreateApplicationDocs = (): MethodDecorator =>
  OwnerRoute({
    id: 'createApplication',
    summary: 'Create an application',
    details:
      'Your address must be verified. At most 25 applications (`too_many` on `name`). Each application has its own users: the same address can sign up in each of them. An application expires after one year unless `expires_at` says otherwise.',
    body: CreateApplicationDto,
    answers: { 201: { description: 'The application and its key.', type: CreatedApplicationView } },
  });

export const ChangeApplicationDocs = (): MethodDecorator =>
  OneRoute({
    id: 'changeApplication',
    summary: 'Rename an application or extend its life',
    details: 'An expired application works again once it has a new `expires_at`.',
    body: UpdateApplicationDto,
    answers: { 200: ONE },
  });

export const DeleteApplicationDocs = (): MethodDecorator =>
  OneRoute({
    id: 'deleteApplication',
    summary: 'Delete an application and its users',
    answers: { 204: { description: 'The application and its users are deleted.' } },
  });

export const ReplaceApiKeyDocs = (): MethodDecorator =>
  OneRoute({
    id: 'replaceApiKey',
    summary: 'Create a new key for an application',
    details: 'The old key works for 24 more hours. With `revoke`, every older key stops working at once.',
    body: ReplaceApiKeyDto,
    answers: { 201: { description: 'The new key.', type: ApiKeyView } },
  });

/** Adds the headers and the failure of an application's key to every route. */
export function describeKeys(document: OpenAPIObject): void {
  addProblem(document, 'all', 401, 'invalid_api_key');
  addHeader(document, {
    name: API_KEY,
    description:
      'The key of an application: the request acts on the users of that application. The key is a secret: send it from a backend, never from a browser.',
    schema: { type: 'string', pattern: '^naz_[\\w-]{49}$' },
  });
  addHeader(document, {
    name: CLIENT_ADDRESS,
    description: 'With a key: the IP address of the end user, for throttles and for the list of sessions.',
    schema: { type: 'string', examples: ['203.0.113.9'] },
  });
  addHeader(document, {
    name: CLIENT_USER_AGENT,
    description: 'With a key: the user agent of the end user.',
    schema: { type: 'string' },
  });
}
