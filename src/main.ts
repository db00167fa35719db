import { unsupportedNode } from './config/node-version.js';
import { StopSignals } from './stop-signals.js';

const signals = new StopSignals().listen();

// Imported first and alone: on an old Node the packages would fail with a stack trace.
const complaint = unsupportedNode(process.versions.node);
if (complaint === null) {
  void import('./server.js').then(({ startServer }) => startServer(signals));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
}
