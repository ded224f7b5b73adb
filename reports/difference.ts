/** A text in three parts, of which the middle one is what differs from another text. */
export interface Marked {
  readonly before: string;
  readonly differs: string;
  readonly after: string;
}

/** The part of a text that differs from another, by what both begin and end with. */
export function differenceFrom(text: string, other: string): Marked {
  const [own, others] = [[...text], [...other]];
  const most = Math.min(own.length, others.length);
  let start = 0;
  while (start < most && own[start] === others[start]) start += 1;
  let end = 0;
  while (end < most - start && own.at(-1 - end) === others.at(-1 - end)) end += 1;
  const stop = own.length - end;
  return {
    before: own.slice(0, start).join(''),
    differs: own.slice(start, stop).join(''),
    after: own.slice(stop).join(''),
  };
}
