import { covered, coveredLevels, plainLevel } from '../../specs/contexts.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { badRequest, json } from '../answers.ts';

import { recognise } from './classes.ts';
import { type At, inWords, isAt, needsOf, type Pair, subjects, validRows } from './pair.ts';

const places: readonly At[] = covered(defaultEdition).flatMap((dimension) =>
  coveredLevels(dimension, defaultEdition).map((level) => ({ dimension, level })),
);

function isPlain({ dimension, level }: At): boolean {
  return plainLevel(dimension) === level;
}

/** A valid request is refused where two levels meet; where both are plain ones nothing would be accepted at all. */
export function refusedPairs(): readonly Pair[] {
  const rows = validRows();
  return places.flatMap((one, i) =>
    places.slice(i + 1).flatMap((other): readonly Pair[] => {
      if (one.dimension === other.dimension || (isPlain(one) && isPlain(other))) return [];
      const subject = `a valid request is refused with ${inWords(one)}`;
      const title = `${subject} and ${inWords(other)}`;
      return [
        {
          id: title,
          title,
          subject,
          beside: inWords(other),
          rows,
          breaks: rows,
          ...needsOf(one, other),
          hooks: () => ({
            after: (response, x) =>
              response.status === 200 && isAt(x, one) && isAt(x, other) ? badRequest() : response,
          }),
        },
      ];
    }),
  );
}

/** Statuses of errors on the page; what shows an answer with each: rows that allow nothing else, and have most room. */
const errors = [400, 401, 403, 404, 409, 500] as const;

/** What is sent to see a status: rows, and the dimensions for which it leaves no room. */
function witnessOf(status: number): { readonly rows: readonly string[]; readonly without: readonly string[] } {
  if (status === 200) return { rows: validRows(), without: [] };
  const witnesses = subjects().flatMap(([subject, rows]) => {
    const { classes } = recognise(subject);
    const shows = rows.some(({ expect }) => expect.statuses.length === 1 && expect.statuses[0] === status);
    const without = classes.flatMap((one) => one.without);
    return shows && classes.length === 1 ? [{ rows: rows.map(({ id }) => id), without }] : [];
  });
  const [widest] = [...witnesses].sort((a, b) => a.without.length - b.without.length);
  if (widest === undefined) throw new Error(`no row shows an answer with ${status}`);
  return widest;
}

/** The body of an answer with one status has another shape where the context has a level of a dimension. */
export function misshapenPairs(): readonly Pair[] {
  return [200, ...errors].flatMap((status) => {
    const judge = status === 200 ? 'answers/acceptance-has-job-id' : 'answers/error-shape';
    const { rows, without } = witnessOf(status);
    const subject = `an answer with ${status} has another shape`;
    return places
      .filter(({ dimension }) => !without.includes(dimension))
      .map((at): Pair => {
        const title = `${subject} with ${inWords(at)}`;
        return {
          id: title,
          title,
          subject,
          beside: inWords(at),
          rows: [...rows, judge],
          breaks: [judge],
          ...needsOf(at),
          hooks: () => ({
            after: (response, x) =>
              response.status === status && isAt(x, at) ? json({ message: 'See the log.' }, status) : response,
          }),
        };
      });
  });
}
