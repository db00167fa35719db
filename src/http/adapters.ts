import type { AbstractHttpAdapter } from '@nestjs/core';
import type { HttpAdapterName } from '../config/http-adapters.js';

/** Imported on demand: only the adapter in use is loaded. */
const ADAPTERS: Readonly<Record<HttpAdapterName, () => Promise<AbstractHttpAdapter>>> = {
  fastify: async () => (await import('./fastify.adapter.js')).fastifyAdapter(),
  express: async () => (await import('./express.adapter.js')).expressAdapter(),
};

export function httpAdapter(name: HttpAdapterName): Promise<AbstractHttpAdapter> {
  return ADAPTERS[name]();
}
