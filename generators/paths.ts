import { fullBody, jsonCase, only, rawCase, rawPath, rebuildPath, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';
import { recased, unknownId } from './random.ts';

/** The pool id of the fixture, which the caller knows to stand for nothing. */
export function unknownPoolCases(fixture: Fixture): CaseSource {
  return only(
    jsonCase(fixture, 'an unknown pool', validBody(fixture)),
    jsonCase(fixture, 'an unknown pool, with all fields', { ...fullBody(fixture), is_fix: true }),
  );
}

type Id = readonly [label: string, id: string];

/** Ids that are none at all, and such as a careless look-up takes for a real one. */
function plainIds({ pool_id }: Fixture): readonly Id[] {
  const real = encodeURIComponent(pool_id);
  const made = unknownId(0);
  // A form of id that somebody may have gets a part that nobody has.
  const forms = ['n%C3%B6%20pool', '*', '%25', "'%22%5C"].map(
    (form) => [`${form} and more`, `${form}${made}`] as const,
  );
  const [first = ''] = [...pool_id];
  const twice = encodeURIComponent(`%${Buffer.from(first).toString('hex').match(/../g)?.join('%') ?? ''}`);
  return [
    ['that begins like a real one', `${real}-${made}`],
    ['that ends like a real one', `${made}-${real}`],
    ['that is a real one when it is decoded twice', `${twice}${real.slice(encodeURIComponent(first).length)}`],
    ['that is a real one up to a null character', `${real}%00x`],
    ['__proto__', '__proto__'],
    ...forms,
  ];
}

/** Ids that a reader may tidy up to a real one, and broken percent-encoding. */
function encodedIds({ pool_id }: Fixture): readonly Id[] {
  const real = encodeURIComponent(pool_id);
  return [
    ['that leads to a real one by encoded dots', `x%2F..%2F${real}`],
    ['that is a real one with a line break behind', `${real}%0A`],
    ['that is a real one with a parameter', `${real};x=${unknownId(0)}`],
    ...recased(pool_id).map((id) => ['that is a real one in another case', encodeURIComponent(id)] as const),
    ...['%zz', '%ff'].map((id) => [id, id] as const),
  ];
}

/** A pool id that no target hands out; some resemble a real one, but no other real pool can be meant. */
export function malformedPoolCases(form: 'plain' | 'encoded' | 'long', fixture: Fixture): CaseSource {
  const long = [300, 10_000].map((n) => [`${n} letters`, 'a'.repeat(n)] as const);
  const ids = form === 'plain' ? plainIds(fixture) : form === 'encoded' ? encodedIds(fixture) : long;
  return only(
    ...ids.map(([label, id]) =>
      jsonCase(fixture, `pool id ${label}`, validBody(fixture), { path: rawPath(fixture.project_id, id) }),
    ),
  );
}

/** A project id that no target hands out. */
export function malformedProjectCases(fixture: Fixture): CaseSource {
  const made = unknownId(0).replaceAll('-', '');
  const ids: readonly (readonly [string, string])[] = [
    ['300 letters', 'a'.repeat(300)],
    ['with a quote', `'${made}`],
    ['that begins like the real one', `${fixture.project_id}${made}`],
  ];
  return only(
    ...ids.map(([label, id]) =>
      jsonCase(fixture, `project id ${label}`, validBody(fixture), { path: rebuildPath(id, fixture.pool_id) }),
    ),
  );
}

/** Another method on the path of the operation. */
export function methodCases(fixture: Fixture): CaseSource {
  const bare = ['GET', 'HEAD'].map((method) => rawCase(fixture, method, undefined, { method, headers: {} }));
  const full = ['OPTIONS', 'PUT', 'PATCH', 'DELETE'].map((method) =>
    jsonCase(fixture, method, validBody(fixture), { method }),
  );
  return only(...bare, ...full);
}

/** A valid request to a path that is not that of the operation. */
export function otherPathCases(form: 'elsewhere' | 'nearly the same', fixture: Fixture): CaseSource {
  const path = rebuildPath(fixture.project_id, fixture.pool_id);
  const others: readonly (readonly [string, string])[] =
    form === 'elsewhere'
      ? [
          ['rebuilds in place of rebuild', `${path}s`],
          ['an empty pool id', rawPath(fixture.project_id, '')],
          ['something behind rebuild', `${path}/extra`],
          ['no rebuild at the end', path.slice(0, -'/rebuild'.length)],
          ['v1 in place of v2', path.replace('/v2/', '/v1/')],
        ]
      : [
          ['a trailing slash', `${path}/`],
          ['REBUILD in place of rebuild', path.replace(/rebuild$/, 'REBUILD')],
        ];
  return only(...others.map(([label, other]) => jsonCase(fixture, label, validBody(fixture), { path: other })));
}
