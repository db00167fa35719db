/** The mail with a link and a code to sign in, and the page behind the link. */
export const passwordlessEn = {
  'passwordless.mail.subject': 'Sign in to {app}',
  'passwordless.mail.text':
    'Somebody asked to sign in to your account {email} at {app}. If it was you, open the link, or type this code where you are signing in:',
  'passwordless.mail.button': 'Sign in',
  'passwordless.mail.lifetime':
    'The link and the code work once, for 10 minutes: when one is used, the other stops working. Do not give them to anybody.',
  'passwordless.mail.confirms':
    'This address was never confirmed. Signing in confirms it, ends all older sessions and removes the password.',
  'passwordless.mail.not_you': 'If it was not you, ignore this mail: nobody can sign in without it.',

  'passwordless.page.title': 'Go back to the app',
  'passwordless.page.text': 'Type the code from the same mail there. It works once, for 10 minutes.',
  'passwordless.page.nothing_happened': 'Opening this page did not sign anybody in.',
} as const;
