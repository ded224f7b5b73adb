import { createHash } from 'node:crypto';
import { unknownId } from '../random.ts';

/** Random bits from which on nobody has an id. */
const enough = 64;

/** The n-th text of 64 hexadecimal digits under a label. */
function hashed(label: string): string {
  return createHash('sha256').update(label).digest('hex');
}

/** Forty digits, the first not zero: a number, but beyond any that counts something. */
export function numericId(seed: number, n = 0): string {
  return (BigInt(`0x${hashed(`numeric id ${seed} ${n}`)}`) % 10n ** 39n).toString().padStart(40, '7');
}

/** Whether the id is as random as a UUID, so that no other real one is like it. */
export function isRandomId(id: string): boolean {
  return /^[0-9a-f]{32,}$/i.test(id.replaceAll('-', ''));
}

/**
 * An id of the same form as a real one that nobody has: of the same length and alphabet, where that leaves room for 64
 * random bits, else with a random part behind it.
 */
export function unknownAlike(real: string, seed: number, n = 0): string {
  const digits = isRandomId(real) ? (/[a-f]/.test(real) ? '0123456789abcdef' : '0123456789ABCDEF') : undefined;
  // A UUID keeps its version and its variant, which readers check.
  const kept = /^.{8}-.{4}-.{4}-.{4}-.{12}$/.test(real) ? [14, 19] : [];
  let rest = BigInt(`0x${[0, 1, 2, 3, 4].map((i) => hashed(`id like another ${seed} ${n} ${i}`)).join('')}`);
  let bits = 0;
  let text = '';
  for (const [i, character] of [...real].entries()) {
    const alphabet = kept.includes(i) ? undefined : alphabetOf(character, digits);
    if (alphabet === undefined) text += character;
    else {
      text += alphabet.charAt(Number(rest % BigInt(alphabet.length)));
      rest /= BigInt(alphabet.length);
      if (rest === 0n) rest = BigInt(`0x${hashed(`more of ${seed} ${n} ${i}`)}`);
      bits += Math.log2(alphabet.length);
    }
  }
  return bits >= enough && text !== real ? text : `${real}-${unknownId(seed, n)}`;
}

const alphabets = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'] as const;

/** The characters that one may be replaced by; undefined for separators and for what is beyond ASCII. */
function alphabetOf(character: string, digits: string | undefined): string | undefined {
  if (!/[0-9A-Za-z]/.test(character)) return undefined;
  return digits ?? alphabets.find((alphabet) => alphabet.includes(character));
}
