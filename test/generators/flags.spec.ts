import { chosenFeatures } from '../../generators/features/index.js';
import { parseFlags } from '../../generators/options.js';

const faultsOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  throw new Error('it was accepted');
};

describe('the flags of the command', () => {
  it.each([
    [['ad'], 'There is no command ad: use new, add, feature or list. Did you mean add?'],
    [['add', '--featurs', 'sudo'], 'add has no flag --featurs. Did you mean --features?'],
    [['add', '--nest', '11'], 'add has no flag --nest.'],
    [
      ['add', '--adapter', 'expres'],
      '--adapter takes fastify or express; it got "expres". Did you mean express?',
    ],
    [['add', '--features'], '--features needs a value.'],
    [['add', '--features='], '--features needs a value.'],
    [['add', '--features', '--yes'], '--features needs a value; the flag --yes follows it.'],
    [['add', '--yes=no'], '--yes takes no value.'],
    [['new', 'shop', '--toString'], 'new has no flag --toString.'],
    [
      ['add', '--path', '../auth'],
      '--path takes a folder in the project, such as src/authentication; it got "../auth".',
    ],
  ])('are refused in one line: %j', (args, line) => {
    expect(faultsOf(() => parseFlags(args))).toEqual([line]);
  });

  it('are all named at once if several are wrong', () => {
    const args = ['new', 'shop', '--nest', '13', '--modul', 'esm', '--test-runner', 'mocha'];
    expect(faultsOf(() => parseFlags(args))).toEqual([
      'new has no flag --modul. Did you mean --module?',
      '--nest takes 12 or 11; it got "13". Did you mean 12?',
      '--test-runner takes jest or vitest; it got "mocha".',
    ]);
  });

  it('name the hasher that was probably meant', () => {
    for (const command of ['new', 'add']) {
      expect(faultsOf(() => parseFlags([command, '--hasher', 'argon']))).toEqual([
        '--hasher takes argon2 or node-rs; it got "argon". Did you mean argon2?',
      ]);
      expect(parseFlags([command, '--hasher', 'node-rs']).hasher).toBe('node-rs');
    }
  });

  it('name the feature that was probably meant', () => {
    expect(faultsOf(() => chosenFeatures('sudo,devises'))[0]).toMatch(
      /it got "devises"\. Did you mean devices\?$/,
    );
  });

  it('may be given in any form that parseArgs takes', () => {
    expect(parseFlags(['add', '-y', '--features=sudo', '--route-prefix', '/auth/'])).toMatchObject({
      command: 'add',
      yes: true,
      features: 'sudo',
      routePrefix: 'auth',
    });
  });
});
