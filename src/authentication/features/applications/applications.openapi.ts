import { applyDecorators } from '@nestjs/common';
import { ApiParam, type OpenAPIObject } from '@nestjs/swagger';
import { addHeader, addProblem } from '../../http/openapi/document.js';
import { Documented, type RouteDescription } from '../../http/openapi/documented.js';
import { ApiKeyView, ApplicationView, CreatedApplicationView } from './application.view.js';
import { CreateApplicationDto, UpdateApplicationDto } from './dto/application.dto.js';
import { ReplaceApiKeyDto } from './dto/replace-api-key.dto.js';
import { API_KEY, CLIENT_ADDRESS, CLIENT_USER_AGENT } from './end-user.js';

const ONE = { description: 'the application', type: ApplicationView };

const OwnerRoute = (
  route: Pick<RouteDescription, 'id' | 'summary' | 'details' | 'body' | 'answers' | 'problems'>,
): MethodDecorator =>
  Documented({
    ...route,
    group: 'Applications',
    caller: 'session',
    problems: { 403: ['root_realm_required'], ...route.problems },
  });

const OneRoute = (route: Parameters<typeof OwnerRoute>[0]): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', schema: { type: 'string', format: 'uuid' } }),
    OwnerRoute({ ...route, problems: { 404: ['not_found'] } }),
  );

export const ListApplicationsDocs = (): MethodDecorator =>
  OwnerRoute({
    id: 'listApplications',
    summary: 'List the own applications',
    answers: { 200: { description: 'applications, newest first', type: [ApplicationView] } },
  });

export const ShowApplicationDocs = (): MethodDecorator =>
  OneRoute({ id: 'showApplication', summary: 'Show one of the own applications', answers: { 200: ONE } });

export const CreateApplicationDocs = (): MethodDecorator =>
  OwnerRoute({
    id: 'createApplication',
    summary: 'Create an application',
    details:
      'Its users are its own: the same address may sign up in each. It expires after a year by default.',
    body: CreateApplicationDto,
    answers: { 201: { description: 'the application, and its key', type: CreatedApplicationView } },
  });

export const ChangeApplicationDocs = (): MethodDecorator =>
  OneRoute({
    id: 'changeApplication',
    summary: 'Rename an application, or let it live longer',
    details: 'One that expired lives again.',
    body: UpdateApplicationDto,
    answers: { 200: ONE },
  });

export const DeleteApplicationDocs = (): MethodDecorator =>
  OneRoute({
    id: 'deleteApplication',
    summary: 'Delete an application and its users',
    answers: { 204: { description: 'gone' } },
  });

export const ReplaceApiKeyDocs = (): MethodDecorator =>
  OneRoute({
    id: 'replaceApiKey',
    summary: 'Issue a new key',
    details: 'The old one works for 24 hours more; with `revoke` every older key ends at once.',
    body: ReplaceApiKeyDto,
    answers: { 201: { description: 'the new key', type: ApiKeyView } },
  });

/** What a key changes on every route. */
export function describeKeys(document: OpenAPIObject): void {
  addProblem(document, 'all', 401, 'invalid_api_key');
  addHeader(document, {
    name: API_KEY,
    description:
      'the key of an application: the request acts within it. A secret of a backend, never of a browser.',
    schema: { type: 'string', pattern: '^naz_[\\w-]{49}$' },
  });
  addHeader(document, {
    name: CLIENT_ADDRESS,
    description: 'with a key: the IP address of the end user, whom throttles count and sessions remember',
    schema: { type: 'string', examples: ['203.0.113.9'] },
  });
  addHeader(document, {
    name: CLIENT_USER_AGENT,
    description: 'with a key: the user agent of the end user',
    schema: { type: 'string' },
  });
}
