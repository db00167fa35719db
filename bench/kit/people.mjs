export const PASSWORD = 'correct horse battery staple';

/** Each comes from an address of its own: limits per client are no part of what is measured. */
export const person = (at) => ({
  email: `person${at}@example.com`,
  password: PASSWORD,
  headers: { 'x-forwarded-for': `10.0.0.${at + 1}` },
});

export const people = (count) => Array.from({ length: count }, (_, at) => person(at));
