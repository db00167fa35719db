import { Project, type SourceFile } from 'ts-morph';

const project = new Project({
  useInMemoryFileSystem: true,
  skipLoadingLibFiles: true,
  skipFileDependencyResolution: true,
});
let count = 0;

/** The syntax tree of a text, to find nodes in. ts-morph's own edits lose line ends and comments: splice instead. */
export function syntaxOf(text: string): SourceFile {
  count += 1;
  return project.createSourceFile(`/text-${count}.ts`, text);
}

/** ts-morph leaves a BOM out of its positions. */
export function withoutBom(text: string): { bom: string; body: string } {
  return text.startsWith('\uFEFF') ? { bom: '\uFEFF', body: text.slice(1) } : { bom: '', body: text };
}
