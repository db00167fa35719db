import { Argon2Hashing } from '../../../../src/authentication/core/passwords/argon2-hashing.js';
import { describeHashing } from '../../../support/hashing-contract.js';

describeHashing(Argon2Hashing);
