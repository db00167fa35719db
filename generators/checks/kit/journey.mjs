import assert from 'node:assert/strict';

const PASSWORD = 'correct horse battery staple';

/** Signs up, opens the mailed link, presses the button of its page, signs in, and reads the user. */
export async function signUpAndClick(base, { prefix = '', mailbox = `${base}${prefix}/dev/mailbox` } = {}) {
  const email = `ada.${Date.now().toString(36)}@example.com`;
  const api = `${base}${prefix}`;
  const signUp = await post(`${api}/sign_up`, { email, password: PASSWORD, password_confirmation: PASSWORD });
  assert.equal(signUp.status, 201, await signUp.text());

  const link = await mailedLink(mailbox, email);
  const page = await fetch(link);
  assert.equal(page.status, 200, `${link}: ${page.status}`);
  const { action, fields } = formOf(await page.text(), link);
  const pressed = await fetch(action, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: new URL(link).origin },
    body: new URLSearchParams(fields),
  });
  assert.equal(pressed.status, 200, await pressed.text());

  const signIn = await post(`${api}/sign_in`, { email, password: PASSWORD });
  assert.equal(signIn.status, 201, await signIn.text());
  const token = signIn.headers.get('x-session-token');
  const me = await fetch(`${api}/me`, { headers: { 'X-Session-Token': token } });
  assert.equal(me.status, 200);
  const user = await me.json();
  assert.equal(user.email, email);
  assert.equal(user.verified, true, 'the address is not verified');
  return token;
}

export function post(url, body) {
  return fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function mailedLink(mailbox, email) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const mails = await (await fetch(mailbox, { headers: { Accept: 'application/json' } })).text();
    if (mails.includes(email)) {
      const mail = JSON.parse(mails).find((each) => JSON.stringify(each).includes(email));
      const [link] = /https?:\/\/\S+/.exec(mail.text) ?? [];
      assert.ok(link !== undefined, 'the mail has no link');
      return link;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('no mail arrived within 10 seconds');
}

function formOf(html, link) {
  const [, form = ''] = /<form([^]*?<\/form>)/.exec(html) ?? [];
  const unescaped = (text) =>
    text
      .replace(/&#x([0-9A-Fa-f]+);/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replaceAll('&amp;', '&');
  const attribute = (tag, name) => unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
  assert.notEqual(form, '', `no form on the page: ${html}`);
  const fields = [...form.matchAll(/<input[^>]*>/g)]
    .map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')])
    .filter(([name]) => name !== '');
  return { action: new URL(attribute(form.split('>', 1)[0], 'action'), link).href, fields };
}
