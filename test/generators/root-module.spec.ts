/** @jest-environment node */
import { withModule, type RootModuleEdit } from '../../generators/transforms/root-module.js';

const EDIT: RootModuleEdit = {
  imports: [{ name: 'Ours', specifier: './ours/ours.module' }],
  element: "Ours.with({\n  url: 'x',\n})",
  marker: 'Ours',
};

const edited = (text: string): string => {
  const result = withModule(text, EDIT);
  if (result.kind !== 'edited') throw new Error(result.kind);
  return result.text;
};

describe('the root module', () => {
  it('gets an element in an empty list', () => {
    expect(
      edited(
        "import { Module } from '@nestjs/common';\n\n@Module({\n  imports: [],\n})\nexport class App {}\n",
      ),
    ).toBe(
      "import { Module } from '@nestjs/common';\nimport { Ours } from './ours/ours.module';\n\n@Module({\n  imports: [\n    Ours.with({\n      url: 'x',\n    }),\n  ],\n})\nexport class App {}\n",
    );
  });

  it('keeps a BOM, CRLF, tabs, double quotes, and no semicolons', () => {
    const text =
      '\uFEFFimport { Module } from "@nestjs/common"\r\nimport { A } from "./a"\r\n\r\n@Module({\r\n\timports: [\r\n\t\tA, // why\r\n\t],\r\n})\r\nexport class App {}\r\n';
    expect(edited(text)).toBe(
      '\uFEFFimport { Module } from "@nestjs/common"\r\nimport { A } from "./a"\r\nimport { Ours } from "./ours/ours.module"\r\n\r\n@Module({\r\n\timports: [\r\n\t\tA, // why\r\n\t\tOurs.with({\r\n\t\t\turl: "x",\r\n\t\t}),\r\n\t],\r\n})\r\nexport class App {}\r\n',
    );
  });

  it('gets the element last, on one line and after an element without a comma', () => {
    expect(edited('@Module({ imports: [A] })\nclass App {}\n')).toContain('imports: [A, Ours.with({');
    expect(edited('@Module({\n  imports: [\n    A, // a\n    B // b\n  ],\n})\nclass App {}\n')).toContain(
      '    A, // a\n    B, // b\n    Ours.with({\n',
    );
  });

  it('gets an imports list if it has none', () => {
    expect(edited('@Module({ providers: [P] })\nclass App {}\n')).toContain('imports: [\n');
    expect(edited('@Module({})\nclass App {}\n')).toContain('imports: [\n');
    expect(edited('@Module({\n  providers: [P],\n})\nclass App {}\n')).toContain(
      "@Module({\n  imports: [\n    Ours.with({\n      url: 'x',\n    }),\n  ],\n  providers: [P],\n})",
    );
  });

  it('stays as it is if our module is in it already', () => {
    const text = edited('@Module({ imports: [A] })\nclass App {}\n');
    expect(withModule(text, EDIT)).toEqual({ kind: 'unchanged', text });
  });

  it('is not edited if the place cannot be found: the lines to paste are reported', () => {
    for (const text of [
      '@Module({ imports })\nclass App {}\n',
      '@Module({ imports: parts() })\nclass App {}\n',
      '@Module(options)\nclass App {}\n',
      '@Module({ ...options })\nclass App {}\n',
      '@Module({})\nclass A {}\n@Module({})\nclass B {}\n',
      'export const app = build();\n',
    ]) {
      const result = withModule(text, EDIT);
      expect(result).toMatchObject({ kind: 'paste', reason: expect.stringMatching(/./) as string });
      expect(result.kind === 'paste' && result.lines).toContain("import { Ours } from './ours/ours.module';");
    }
  });
});
