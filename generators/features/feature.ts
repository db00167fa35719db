/** What an optional feature is made of. The code itself is in `src/authentication/FOLDER/`, and nowhere else. */
export interface FeatureManifest {
  name: string;
  title: string;
  /** in src/authentication/ */
  folder: string;
  /** its specs: folders or files in test/ */
  specs: readonly string[];
  /** npm packages that only this feature imports; their versions are in our package.json */
  packages: readonly string[];
  /** environment variables that only this feature reads */
  settings: readonly string[];
  /** whether it wants SECRET_KEY, which core alone does not */
  keepsSecrets: boolean;
  /** names of the features that it imports from */
  requires: readonly string[];
  /** what a client or a developer gets: routes, decorators */
  adds: readonly string[];
}
