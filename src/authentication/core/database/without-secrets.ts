import { instanceToPlain } from 'class-transformer';

/**
 * Base class of entities with secrets, which are marked with `@Exclude({ toPlainOnly: true })`. `JSON.stringify` leaves
 * the secrets out, for example when a relation of your own entity brings the user into an answer.
 */
export abstract class WithoutSecrets {
  toJSON(): object {
    return instanceToPlain(this);
  }
}
