/** Characters that JSON allows in strings, but that mislead a reader or a terminal. */
const misleading = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/gu;

/** JSON text that is safe to print: the same value, with what misleads written as escapes. */
export function escapeJson(text: string): string {
  return text.replace(misleading, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** A value as JSON that is safe to print. */
export function json(value: object): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`;
}
