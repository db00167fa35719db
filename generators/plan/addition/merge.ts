/** The text of a file of the project, by its POSIX path relative to the project; null if there is no such file. */
export type Read = (path: string) => string | null;

/** A file of the project that we merge something into; it is never overwritten. */
export interface Merge {
  path: string;
  text: string;
  /** what was inserted, for the manifest */
  put: readonly string[];
}
