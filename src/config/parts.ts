import type { OwnParts } from '../authentication/authentication.options.js';

/** Your own parts in place of ours, such as `{ mail: new MyTransport() }`. */
export const PARTS: OwnParts = {};
