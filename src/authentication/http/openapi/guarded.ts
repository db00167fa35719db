/** While the document is made, marks the operations behind our request guard. */
export const GUARDED = 'x-guarded';
