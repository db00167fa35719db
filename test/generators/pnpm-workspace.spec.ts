import { withAllowedBuilds as allowedBuilds } from '../../generators/transforms/pnpm-workspace.js';

const withAllowedBuilds = (text: string, hasher: 'argon2' | 'node-rs' = 'argon2') =>
  allowedBuilds(text, { hasher });

const OURS =
  "  argon2: true\n  '@swc/core': false\n  '@scarf/scarf': false\n  '@parcel/watcher': false\n  esbuild: false\n";

describe('pnpm-workspace.yaml', () => {
  it('allows the builds of our packages, after what the file has', () => {
    const block = `# Which packages may run a script when they are installed.\nallowBuilds:\n${OURS}`;
    expect(withAllowedBuilds('')).toBe(block);
    expect(withAllowedBuilds('packages:\n  - apps/*')).toBe(`packages:\n  - apps/*\n${block}`);
  });

  it('does not name argon2 with --hasher node-rs, whose package runs no script', () => {
    expect(withAllowedBuilds('', 'node-rs')).toContain(OURS.replace('  argon2: true\n', ''));
    expect(withAllowedBuilds('', 'node-rs')).not.toContain('argon2');
  });

  it('adds to the packages that are there, and changes none of them', () => {
    const before = "allowBuilds: # ours\r\n  argon2: false\r\n  '@swc/core@1.2.3': true\r\npackages: []\r\n";
    expect(withAllowedBuilds(before)).toBe(
      "allowBuilds: # ours\r\n  '@scarf/scarf': false\r\n  '@parcel/watcher': false\r\n  esbuild: false\r\n  argon2: false\r\n  '@swc/core@1.2.3': true\r\npackages: []\r\n",
    );
  });

  it('is unchanged the second time', () => {
    const once = withAllowedBuilds('') ?? '';
    expect(withAllowedBuilds(once)).toBe(once);
  });

  it('is left to its owner if it has another form', () => {
    expect(withAllowedBuilds('allowBuilds: { esbuild: true }\n')).toBeNull();
  });
});
