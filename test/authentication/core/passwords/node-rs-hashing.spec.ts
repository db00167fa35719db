import { NodeRsHashing } from '../../../../src/authentication/core/passwords/node-rs-hashing.js';
import { describeHashing } from '../../../support/hashing-contract.js';

describeHashing(NodeRsHashing);
