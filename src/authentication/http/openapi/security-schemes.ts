/** The two headers that can hold a token. The names are unlikely to clash with schemes of a host. */
export const SECURITY_SCHEMES = {
  session_bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token from the header `X-Session-Token` of the answer to a sign-in.',
  },
  session_token: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Session-Token',
    description: 'The same token in a header of its own. Use one of the two.',
  },
} as const;
