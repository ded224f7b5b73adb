const shortest = 4;
const mark = '[redacted]';

/** Replaces every secret, however it is written, by `[redacted]`; the list is read anew on each use. */
export function createRedaction(secrets: () => readonly string[]): (text: string) => string {
  let known: readonly string[] = [];
  let needles: readonly string[] = [];
  return (text) => {
    const current = secrets();
    if (current.length !== known.length || current.some((secret, index) => secret !== known[index])) {
      known = [...current];
      needles = writings(known);
    }
    return needles.reduce((rest, needle) => rest.replaceAll(needle, mark), text);
  };
}

/** All the ways in which the secrets may be written, longest first. */
function writings(secrets: readonly string[]): readonly string[] {
  const all = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < shortest) continue;
    for (const writing of [secret, ...percentEncoded(secret), ...jsonEscaped(secret), ...base64(secret)])
      all.add(writing);
  }
  return [...all].filter((writing) => writing.length >= shortest).sort((a, b) => b.length - a.length);
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

function base64(secret: string): readonly string[] {
  const padded = Buffer.from(secret).toString('base64');
  return [padded, padded.replace(/=+$/, ''), Buffer.from(secret).toString('base64url')];
}
