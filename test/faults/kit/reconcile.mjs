// Compares what was acknowledged with what is there. Pure: the self-test feeds it losses that it must find.
import { createHash } from 'node:crypto';

export const digestOf = (token) => createHash('sha256').update(token).digest('hex');

/**
 * @param entries of the journal
 * @param found `users`: Map of email to the check `(password) => Promise<boolean>`; `sessions`: Set of token digests;
 *   `mails`: `[{ to, subject, token }]` that a mail server took; `working`: Set of the addresses whose mailed link works
 * @param wantsMails whether each acknowledged sign-up must have got a mail
 * @returns `{ acknowledged, lost: string[], duplicated, mostForOne }`
 */
export async function reconcile(entries, { users, sessions, mails, working }, { wantsMails = true } = {}) {
  const lost = [];
  const answered = entries.filter((entry) => entry.answered);
  const accounts = new Map();
  for (const entry of entries) {
    const account = accounts.get(entry.email) ?? new Account();
    accounts.set(entry.email, account);
    account.take(entry);
  }
  for (const [email, account] of accounts) {
    if (account.isUser) {
      const verify = users.get(email);
      if (verify === undefined) {
        lost.push(`user ${email}`);
        continue;
      }
      if (!(await holdsOne(account.passwords, verify))) lost.push(`password of ${email}`);
      if (wantsMails && !working.has(email)) lost.push(`mail to ${email}`);
    }
    for (const [token, session] of account.sessions) {
      const isThere = sessions.has(digestOf(token));
      if (session === 'open' && !isThere && account.isAmongNewest(token)) lost.push(`session of ${email}`);
      if (session === 'ended' && isThere) lost.push(`sign-out of ${email}`);
    }
  }
  return { acknowledged: answered.length, lost, ...repeated(mails) };
}

async function holdsOne(passwords, verify) {
  for (const password of passwords) if (await verify(password)) return true;
  return false;
}

/** What one account must look like. What was tried and never answered may have happened or not. */
class Account {
  isUser = false;
  /** that may be the current one */
  passwords = [];
  /** token → `open`, `ended`, or `unknown` */
  sessions = new Map();
  /** token → how many sign-ins were tried before */
  #before = new Map();
  #signIns = 0;

  /** A user has 100 sessions at most, and the oldest ends. Ten less, for sign-ins at the same moment. */
  isAmongNewest(token) {
    return this.#signIns - this.#before.get(token) < 90;
  }

  take({ fact, answered, password, token }) {
    if (fact === 'user' && answered) this.isUser = true;
    if (fact === 'user' || fact === 'password') {
      if (answered) this.passwords = [password];
      else this.passwords.push(password);
    }
    if (fact === 'session' && !answered) this.#signIns += 1;
    if (fact === 'session' && answered) {
      this.sessions.set(token, 'open');
      this.#before.set(token, this.#signIns);
    }
    if (fact === 'sign_out') this.sessions.set(token, answered ? 'ended' : 'unknown');
  }
}

/** Mails beyond the first: of one kind, to one address, with one link. Every try of a mail has the same link. */
function repeated(mails) {
  const counts = new Map();
  for (const { to, subject, token } of mails) {
    const key = JSON.stringify([to, subject, token ?? null]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const all = [...counts.values()];
  return {
    duplicated: all.reduce((sum, count) => sum + count - 1, 0),
    mostForOne: Math.max(0, ...all),
  };
}
