import { createServer, type AddressInfo } from 'node:net';
import { loadAnnotations } from '../../src/authentication/core/openapi/annotations.js';
import type { HttpAdapterName } from '../../src/config/http-adapters.js';
import { serverSettings } from '../../src/config/settings.js';
import { createApplication } from '../../src/http/application.js';
import { TestApplication, testDatabase } from './application.js';

/** Fast hashes and high limits, as in the other specs, and no log. */
const VARIABLES = {
  APP_NAME: 'Acme',
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
  HASHING_MEMORY_KIB: '1024',
  HASHING_PASSES: '1',
  THROTTLE_FACTOR: '1000',
  LOG_LEVEL: 'silent',
};

interface Options {
  adapter?: HttpAdapterName;
  /** environment variables of this server */
  variables?: Record<string, string>;
  /** the base of links; by default the address that the server listens on */
  appUrl?: string;
}

/**
 * Starts the reference server on a free port, with the worker's database and without parts of the owner. Only one can
 * run at a time.
 */
export async function startHost({ adapter, variables = {}, appUrl }: Options = {}): Promise<TestApplication> {
  const port = await freePort();
  const settings = serverSettings({
    ...VARIABLES,
    HTTP_ADAPTER: adapter ?? process.env['HTTP_ADAPTER'],
    APP_URL: appUrl ?? `http://127.0.0.1:${port}`,
    ...variables,
  });
  // The server loads them for the document only, and every answer in the specs is compared with the document.
  await loadAnnotations();
  const nest = await createApplication(settings, testDatabase(), {});
  await nest.listen(port, '127.0.0.1');
  return new TestApplication(nest, `http://127.0.0.1:${port}`);
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
