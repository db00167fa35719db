import { unsupportedNode } from './config/node-version.js';

// Nothing else is imported before this: on an old Node the packages themselves would fail, with a stack.
const complaint = unsupportedNode(process.versions.node);
if (complaint === null) {
  void import('./server.js').then(({ startServer }) => startServer());
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
