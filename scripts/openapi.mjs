// Prints the OpenAPI document, or writes it to a file: npm run openapi -- openapi.json
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import './install.mjs';

// Standard output is for the document only.
const stdio = ['inherit', 2, 'inherit'];
const compiler = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'];
const compiled = spawnSync(process.execPath, compiler, { stdio });
process.exitCode =
  compiled.status === 0
    ? spawnSync(process.execPath, ['dist/docs/print.js', ...process.argv.slice(2)], { stdio: 'inherit' })
        .status
    : 1;
