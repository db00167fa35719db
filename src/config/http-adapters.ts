/** The HTTP adapters that this server can use. The first is the default. */
export const HTTP_ADAPTERS = ['fastify', 'express'] as const;

export type HttpAdapterName = (typeof HTTP_ADAPTERS)[number];
