/** The two ways to bear a token. Named so that they stay apart from a host's own schemes. */
export const SECURITY_SCHEMES = {
  session_bearer: { type: 'http', scheme: 'bearer' },
  session_token: { type: 'apiKey', in: 'header', name: 'X-Session-Token' },
} as const;
