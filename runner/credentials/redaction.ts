const shortest = 4;
const mark = '[redacted]';

/** Characters in a row by which a text is looked through before anything is replaced in it. */
const stretch = 8;

/** Replaces every secret, however it is written, by `[redacted]`; the list is read anew on each use, and only grows. */
export function createRedaction(secrets: () => readonly string[]): (text: string) => string {
  // What is known of the list is not worked out again.
  const known = new Set<string>();
  const needles = new Set<string>();
  const beginnings = new Set<string>();
  let longestFirst: readonly string[] = [];
  let seen = 0;
  return (text) => {
    const all = secrets();
    if (all.length !== seen) {
      seen = all.length;
      for (const secret of all) {
        if (known.has(secret)) continue;
        known.add(secret);
        for (const writing of writings(secret)) needles.add(writing);
      }
      longestFirst = [...needles].sort((a, b) => b.length - a.length);
      for (const needle of needles) beginnings.add(needle.slice(0, stretch));
    }
    return mayHold(text, beginnings)
      ? longestFirst.reduce((rest, needle) => rest.replaceAll(needle, mark), text)
      : text;
  };
}

/** Whether the beginning of a needle stands in a text: nearly always it does not, and that is found out quickly. */
function mayHold(text: string, beginnings: ReadonlySet<string>): boolean {
  for (let at = 0; at + shortest <= text.length; at += 1)
    for (
      let length = Math.min(stretch, text.length - at);
      length >= shortest;
      length = length > shortest ? length - 1 : 0
    )
      if (beginnings.has(text.slice(at, at + length))) return true;
  return false;
}

/** All the ways in which a secret may be written. */
function writings(secret: string): readonly string[] {
  if (secret.length < shortest) return [];
  const all = [secret, ...percentEncoded(secret), ...jsonEscaped(secret), ...base64(secret)];
  return all.filter((writing) => writing.length >= shortest);
}

function percentEncoded(secret: string): readonly string[] {
  const loose = encodeURIComponent(Buffer.from(secret).toString());
  const strict = loose.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll('%20', '+');
  const upper = [loose, strict, form];
  return [...upper, ...upper.map((text) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

function jsonEscaped(secret: string): readonly string[] {
  const plain = JSON.stringify(secret).slice(1, -1);
  const ascii = plain.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [plain, ascii, plain.replaceAll('/', '\\/'), ascii.replaceAll('/', '\\/')];
}

/** In Base64 a text looks in three ways, by where in a longer one it begins; what is cut off depends on its neighbours. */
function base64(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const whole = [bytes.toString('base64'), bytes.toString('base64url')];
  const inside = [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const from = [0, 2, 3][before] ?? 0;
    const to = Math.floor((shifted.length * 4) / 3) - (shifted.length % 3 === 0 ? 0 : 1);
    return (['base64', 'base64url'] as const).map((form) => shifted.toString(form).slice(from, to));
  });
  return [
    ...whole,
    ...whole.map((text) => text.replace(/=+$/, '')),
    ...inside.filter((text) => text.length >= stretch),
  ];
}
