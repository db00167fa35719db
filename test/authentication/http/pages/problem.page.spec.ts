import {
  AccountSuspended,
  ConflictingTokens,
  InternalError,
  InUse,
  InvalidToken,
  Overloaded,
  TooManyRequests,
  Unavailable,
  UnsupportedMediaType,
} from '../../../../src/authentication/core/problems/problems.js';
import { Problem } from '../../../../src/authentication/core/problems/problem.js';
import { Texts } from '../../../../src/authentication/core/texts/texts.js';
import { httpEn } from '../../../../src/authentication/http/http.en.js';
import { problemPage } from '../../../../src/authentication/http/pages/problem.page.js';
import { PSEUDO, pseudoLocale, Reading } from '../../../support/pseudo-locale.js';

describe('A problem as a page', () => {
  const text = new Texts(pseudoLocale(httpEn)).of(httpEn, PSEUDO);

  it('has its own sentences for each problem that such a page can meet', () => {
    const problems = [
      new AccountSuspended(),
      new ConflictingTokens(),
      new InternalError(),
      new InUse(),
      new InvalidToken(),
      new Overloaded(),
      new TooManyRequests(1),
      new Unavailable(),
      new UnsupportedMediaType(),
    ];
    const reading = new Reading();
    for (const problem of problems) {
      const { title, body } = problemPage(problem, text);
      expect([problem.code, reading.strayInPage(`${title}${body}`)]).toEqual([problem.code, '']);
    }
    const names = Object.keys(httpEn).filter((name) => /^(problem|dead_link)\./.test(name));
    expect(reading.unsaid(httpEn).filter((name) => names.includes(name))).toEqual([]);
  });

  it('shows the title and the detail of a problem that is not ours, with its status', () => {
    const page = problemPage(new Problem(409, 'out_of_seats', 'No seats left', 'Ask your team.'), text);
    expect(page).toMatchObject({ title: 'No seats left', body: '<p>Ask your team.</p>\n', status: 409 });
  });
});
