/** The mail about a paired device. */
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
} as const;
