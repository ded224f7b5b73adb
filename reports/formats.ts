/** Every form of a report that goes into a file, or to stdout. */
export const formats = ['json', 'ndjson', 'junit', 'html', 'markdown', 'har', 'ctrf', 'badge'] as const;
export type Format = (typeof formats)[number];
