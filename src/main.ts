import { unsupportedNode } from './config/node-version.js';

// Imported first and alone: on an old Node the packages would fail with a stack trace.
const complaint = unsupportedNode(process.versions.node);
if (complaint === null) {
  void import('./server.js').then(({ startServer }) => startServer());
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
