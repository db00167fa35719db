/** What every mail says. */
export const mailEn = {
  'mail.link': 'Or open this link:',
  'mail.origin': 'Requested from {address} on {time}.',
  'mail.origin_with_agent': 'Requested from {address} with "{agent}" on {time}.',
  'mail.unknown_address': 'an unknown address',
} as const;
