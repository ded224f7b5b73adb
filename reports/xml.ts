import { visible, visibleLine } from './visible.ts';

/**
 * Text for the XML writer, which takes `&nbsp;` and the like for entities that are to stay: an XML reader knows none of
 * them. Every ampersand is written out, and nothing is left that XML forbids.
 */
export function xmlText(text: string): string {
  return visible(text).replace(/&/g, '&amp;');
}

/** As `xmlText`, on one line. */
export function xmlLine(text: string): string {
  return visibleLine(text).replace(/&/g, '&amp;');
}
