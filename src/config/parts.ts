import type { OwnParts } from '../authentication/authentication.options.js';

/** Parts of your own in place of ours: `{ mail: new MyTransport() }`. Without a line here everything is ours. */
export const PARTS: OwnParts = {};
