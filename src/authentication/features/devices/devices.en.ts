/** The mails about a paired device, and about a new token of a device. */
export const devicesEn = {
  'device_paired.mail.subject': 'A device was added to your account at {app}',
  'device_paired.mail.text':
    'A device was paired with your account {email} at {app} by the code that it showed.',
  'device_paired.mail.text_with_name':
    'A device with the name "{device}" was paired with your account {email} at {app} by the code that it showed.',
  'device_paired.mail.consequence':
    'The device requested that code from {address}. It can act for you until you remove it.',
  'device_paired.mail.not_you':
    'If it was not you, or not your device: remove it, and change your password, which ends the access of every device.',

  'device_token_issued.mail.subject': 'A device of your account at {app} got access',
  'device_token_issued.mail.text':
    'A token for a device was made for your account {email} at {app}. With it the device can act for you for 90 days.',
  'device_token_issued.mail.text_with_name':
    'A token for the device "{device}" was made for your account {email} at {app}. With it the device can act for you for 90 days.',
  'device_token_issued.mail.not_you':
    'If it was not you: ask for a password reset immediately. It sets a new password, and ends every session and the access of every device.',
} as const;
