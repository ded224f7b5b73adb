import fc from 'fast-check';
import type { DeviationKind } from '../../specs/deviations.ts';
import type { Deviation } from '../model.ts';
import type { DeviationSource } from './source.ts';

/** The kinds of deviation that are about how is asked. */
export type RequestKind = 'other method' | 'other path' | 'nearly the same path' | 'long head';

/** Another method, another path, or a head that is much too long. */
export function requestDeviations(kind: RequestKind): DeviationSource {
  switch (kind) {
    case 'other method':
      return { classes: methods.map((some) => some.map(otherMethod)) };
    case 'other path':
      return {
        classes: [others.map((edit) => pathOf(kind, edit))],
        random: anyOther.map((edit) => pathOf(kind, edit)),
      };
    case 'nearly the same path':
      return { classes: [nearly.map((edit) => pathOf(kind, edit))] };
    case 'long head':
      return {
        classes: [[30, 4, 120, 12, 60].map((kib) => longHead(kib * 1024))],
        random: fc.integer({ min: 4 * 1024, max: 120 * 1024 }).map(longHead),
      };
  }
}

/**
 * Only methods of which none has a meaning of its own on this path: the vendor has no other operation there. Those that
 * come without a body, and those that may have one.
 */
const methods = [
  ['GET', 'HEAD'],
  ['PUT', 'DELETE', 'PATCH', 'OPTIONS'],
] as const;

function otherMethod(method: string): Deviation {
  return { kind: 'other method', what: `the method is ${method}`, change: { on: 'method', method } };
}

function longHead(length: number): Deviation {
  return {
    kind: 'long head',
    what: `a header of ${length} characters`,
    change: { on: 'header', name: 'X-Conformance-Padding', value: { unit: 'a', times: length } },
  };
}

/** How the path of the operation is edited. Paths that may be another operation of the vendor, such as that of the pool itself, are none. */
type PathEdit = readonly [inWords: string, edit: 'suffix' | 'start' | 'tail', to: string];

const others: readonly PathEdit[] = [
  ['ends in rebuilds', 'suffix', 's'],
  ['goes on behind rebuild', 'suffix', '/extra'],
  ['has a segment in front', 'start', '/conformance/v2/'],
  ['has no pool id', 'tail', '/desktop-pools//rebuild'],
  ['begins with v1', 'start', '/v1/'],
  ['has desktop-pool in place of desktop-pools', 'tail', '/desktop-pool/{pool}/rebuild'],
  ['has rebuild twice', 'suffix', '/rebuild'],
];

const nearly: readonly PathEdit[] = [
  ['ends in a slash', 'suffix', '/'],
  ['has REBUILD in place of rebuild', 'tail', '/desktop-pools/{pool}/REBUILD'],
  ['has a slash more in front of rebuild', 'tail', '/desktop-pools/{pool}//rebuild'],
  ['has Desktop-Pools in place of desktop-pools', 'tail', '/Desktop-Pools/{pool}/rebuild'],
];

/** Something more at either end, of a name that no operation of anybody has. */
const anyOther: fc.Arbitrary<PathEdit> = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.integer({ min: 1, max: 3 }), fc.boolean())
  .map(([name, count, inFront]): PathEdit => {
    const more = Array.from({ length: count }, (_, i) => `/conformance-${name}${i === 0 ? '' : i}`).join('');
    return inFront ? [`begins with ${more}`, 'start', `${more}/v2/`] : [`goes on with ${more}`, 'suffix', more];
  });

function pathOf(kind: DeviationKind, [inWords, edit, to]: PathEdit): Deviation {
  return { kind, what: `the path ${inWords}`, change: { on: 'path', edit, to } };
}
