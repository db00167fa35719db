import { instanceToPlain } from 'class-transformer';

/**
 * An entity that has secrets, marked with `@Exclude({ toPlainOnly: true })`: `JSON.stringify` leaves them out, when a
 * relation of yours brings the entity into an answer.
 */
export abstract class WithoutSecrets {
  toJSON(): object {
    return instanceToPlain(this);
  }
}
