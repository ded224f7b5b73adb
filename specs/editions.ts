/** Revisions of the page that the suite knows, the current one first. */
export const editions = ['2025-11'] as const;
export type Edition = (typeof editions)[number];
