/** The mail about a sign-in from a new device, and the page behind its link. */
export const noticesEn = {
  'sign_in_notice.mail.subject': 'New sign-in to your account at {app}',
  'sign_in_notice.mail.text':
    'Somebody signed in to your account {email} at {app} from a device that was not used there before.',
  'sign_in_notice.mail.device': 'Device: {device}',
  'sign_in_notice.mail.address': 'Address: {address}',
  'sign_in_notice.mail.time': 'Time: {time}',
  'sign_in_notice.mail.you': 'If it was you, there is nothing to do.',
  'sign_in_notice.mail.button': 'It was not me',
  'sign_in_notice.mail.lifetime':
    'The link opens a page with a button that ends that session and every later one, removes what they added to the account, and mails you a link to set a new password. If the address was changed since, it becomes this one again. The link works once, for 7 days.',
  'sign_in_notice.browser_on_system': '{browser} on {system}',
  'sign_in_notice.unknown': 'unknown',

  'sign_in_notice.page.title': 'Was it you?',
  'sign_in_notice.page.text': 'Somebody signed in from a device that was not used before, to the account:',
  'sign_in_notice.page.choice':
    'If it was you, close this page. If not, the button ends that session and every later one, and removes what they added: devices, keys and second factors. You get a mail with a link to set a new password.',
  'sign_in_notice.page.button': 'It was not me: end that session',
  'sign_in_notice.done.title': 'That session and every later one have ended',
  'sign_in_notice.done.text':
    'A mail with a link to set a new password is on its way to {email}. Use it: whoever signed in may know your password.',
  'sign_in_notice.done.sessions': 'The new password also ends every other session.',
} as const;
