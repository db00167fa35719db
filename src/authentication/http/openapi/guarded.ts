/** Marks, while the document is made, the operations that pass the guard of our requests. */
export const GUARDED = 'x-guarded';
