import { Project, type SourceFile } from 'ts-morph';

const project = new Project({
  useInMemoryFileSystem: true,
  skipLoadingLibFiles: true,
  skipFileDependencyResolution: true,
});
let count = 0;

/** The syntax tree of a text, to find nodes in. Edit with `splice`: edits of ts-morph lose line ends and comments. */
export function syntaxOf(text: string): SourceFile {
  count += 1;
  return project.createSourceFile(`/text-${count}.ts`, text);
}

/** ts-morph does not count a BOM in its positions, and jsonc-parser reports it as an error. */
export function withoutBom(text: string): { bom: string; body: string } {
  return text.startsWith('\uFEFF') ? { bom: '\uFEFF', body: text.slice(1) } : { bom: '', body: text };
}
