/** What every page can say: failures, wrong values in the fields of a form, and the development mailbox. */
export const httpEn = {
  'dead_link.title': 'This link does not work',
  'dead_link.text':
    'It was already used, it is too old, or a newer link has replaced it. Request a new link.',

  'second_press.title': 'This is done already',
  'second_press.text': 'You pressed this button before, and that was enough. Nothing more is needed.',

  'problem.account_suspended.title': 'This account is suspended',
  'problem.account_suspended.text': 'Ask the people who run this service why.',
  'problem.in_use.title': 'This account cannot be deleted',
  'problem.in_use.text': 'Other data still needs it. Ask the people who run this service.',
  'problem.too_many_requests.title': 'Too many attempts',
  'problem.too_many_requests.text': 'Wait a few minutes, then try again.',
  'problem.overloaded.title': 'The server is busy',
  'problem.overloaded.text': 'Wait a moment, then try again.',
  'problem.unavailable.title': 'The server cannot answer now',
  'problem.unavailable.text': 'Its database cannot be reached. Wait a moment, then try again.',
  'problem.unsupported_media_type.title': 'This form cannot be read',
  'problem.unsupported_media_type.text': 'Open the link in the mail again, and use the form there.',
  'problem.wrong_parameters.title': 'This request cannot be used',
  'problem.wrong_parameters.text': 'Open the link in the mail again.',
  'problem.internal_error.title': 'Something went wrong',
  'problem.internal_error.text': 'The error is on our side. Try again later.',

  'fault.missing': 'This is required.',
  'fault.invalid': 'This is not valid.',
  'fault.too_short': 'This is too short.',
  'fault.too_long': 'This is too long.',
  'fault.too_common': 'This is too easy to guess.',
  'fault.mismatch': 'This does not match the password.',
  'fault.incorrect': 'This is incorrect.',

  'mailbox.title': 'Development mailbox',
  'mailbox.empty': 'No mail yet. Sign up with any address, then reload this page.',
  'mailbox.envelope': 'To {to}, {time}',
} as const;
