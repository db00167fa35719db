import type { FieldError, Problem } from '../../core/problems/problem.js';
import { InvalidToken } from '../../core/problems/problems.js';
import type { Text } from '../../core/texts/sentence.js';
import { httpEn } from '../http.en.js';
import type { PageAnswer } from './page-answer.js';
import { messagePage, type Page } from './page.js';

type HttpText = Text<typeof httpEn>;

/** A problem as a page. If `http.en.ts` has no sentences for it, the page shows the problem's title and detail. */
export function problemPage(problem: Problem, text: HttpText): Page {
  if (problem instanceof InvalidToken) {
    return messagePage(text('dead_link.title'), [text('dead_link.text')], 400);
  }
  const { title, detail } = problem.getResponse() as { title: string; detail: string };
  const own = `problem.${problem.code}`;
  return messagePage(
    said(`${own}.title`, text) ?? title,
    [said(`${own}.text`, text) ?? detail],
    problem.getStatus(),
  );
}

/** What is wrong with a field of a form. */
export function faultOf(
  field: string,
  errors: readonly FieldError[],
  answer: PageAnswer,
): string | undefined {
  const fault = errors.find((error) => error.field === field);
  if (fault === undefined) return undefined;
  return (
    fault.sentence?.(answer.texts, answer.locale) ??
    said(`fault.${fault.code}`, answer.text(httpEn)) ??
    fault.detail
  );
}

function said(name: string, text: HttpText): string | undefined {
  return isNamed(name) ? text(name) : undefined;
}

function isNamed(name: string): name is PlainName {
  return Object.prototype.hasOwnProperty.call(httpEn, name);
}

/** The names of sentences without values. */
type PlainName = Extract<keyof typeof httpEn, `problem.${string}` | `fault.${string}`>;
