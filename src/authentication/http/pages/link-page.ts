import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseFilters,
  type ExecutionContext,
  type PipeTransform,
} from '@nestjs/common';
import { InvalidToken } from '../../core/problems/problems.js';
import type { AuthenticationSettings } from '../../core/settings/authentication.settings.js';
import { Settings } from '../../core/settings/settings.js';
import { pastedToken } from '../../core/unicode/typed.js';
import { formOf, FormPost, type Form } from '../body/form-post.js';
import { requestOf } from '../request/context-request.js';
import type { HttpRequest } from '../request/http.js';
import { isSameOrigin } from '../request/same-origin.js';
import { Throttled } from '../throttling/throttle.guard.js';
import { PageFilter } from './page.filter.js';
import { PressedOnce } from './second-press.js';

/** For the route of a mailed link. A person opens it, so failures are pages. Tries of tokens are limited. */
export const LinkPage = (): MethodDecorator => applyDecorators(UseFilters(PageFilter), Throttled('token'));

/**
 * For the route that receives the form of such a page.
 * @param button the name with which its service calls `UsedLinks.keep`: a second press is then told that the first was enough
 */
export const LinkForm = (button?: string): MethodDecorator =>
  button === undefined
    ? applyDecorators(FormPost(), LinkPage())
    : applyDecorators(FormPost(), LinkPage(), PressedOnce(button));

@Injectable()
class FormPipe implements PipeTransform<HttpRequest, Form> {
  constructor(@Settings() private readonly settings: AuthenticationSettings) {}

  transform(request: HttpRequest): Form {
    if (!isSameOrigin(request, this.settings.appUrl)) throw new InvalidToken();
    const form = formOf(request);
    return form['token'] === undefined ? form : { ...form, token: pastedToken(form['token']) };
  }
}

const PostedForm = createParamDecorator((_: unknown, context: ExecutionContext) => requestOf(context));

/** The fields of the form; a mailed token without what was copied around it. @throws InvalidToken for a post that comes from another site */
export const FormFields = (): ParameterDecorator => PostedForm(FormPipe);
