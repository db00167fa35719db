// What the server has acknowledged, written to disk before the next request: an acknowledgement is never forgotten, and
// never remembered from memory that the harness itself could have lost.
import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/**
 * An entry is `{ fact, email, … }` with `answered: false` before the request and `answered: true` after the answer.
 * Facts: `user` (password), `session` (token), `password` (password), `sign_out` (token).
 */
export class Journal {
  #file;
  #path;

  constructor(path) {
    this.#path = path;
    this.#file = openSync(path, 'a');
  }

  tried(fact, values) {
    this.#write({ fact, answered: false, ...values });
  }

  acknowledged(fact, values) {
    this.#write({ fact, answered: true, ...values });
  }

  entries() {
    return readFileSync(this.#path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  close() {
    closeSync(this.#file);
  }

  #write(entry) {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`);
    fdatasyncSync(this.#file);
  }
}
