/** Describes an optional feature. All of its code is in `src/authentication/FOLDER/`. */
export interface FeatureManifest {
  name: string;
  title: string;
  /** its folder in src/authentication/ */
  folder: string;
  /** its specs: folders or files in test/ */
  specs: readonly string[];
  /** npm packages that only this feature imports; their versions are in our package.json */
  packages: readonly string[];
  /** environment variables that only this feature reads */
  settings: readonly string[];
  /** whether it needs SECRET_KEY, which the core does not need */
  keepsSecrets: boolean;
  /** names of the features that it imports from */
  requires: readonly string[];
  /** what a client or a developer gets: routes, decorators */
  adds: readonly string[];
}
