import { fullBody, jsonCase, only, rawCase, rawPath, rebuildPath, validBody } from './build.ts';
import type { CaseSource, Fixture } from './case.ts';
import { unknownId } from './random.ts';

/** The pool id of the fixture, which the caller knows to stand for nothing. */
export function unknownPoolCases(fixture: Fixture): CaseSource {
  return only(
    jsonCase(fixture, 'an unknown pool', validBody(fixture)),
    jsonCase(fixture, 'an unknown pool, with all fields', { ...fullBody(fixture), is_fix: true }),
  );
}

const poolIds: Readonly<Record<'plain' | 'encoded' | 'long', readonly (readonly [string, string])[]>> = {
  plain: ['not%20a%20pool', '*', 'constructor', "'", '%C3%A9'].map((id) => [id, id] as const),
  encoded: ['%zz', '%ff'].map((id) => [id, id] as const),
  long: [300, 10_000].map((n) => [`${n} letters`, 'a'.repeat(n)] as const),
};

/** A pool id that no target hands out; two begin and end like a real one, but no other real pool can be meant. */
export function malformedPoolCases(form: 'plain' | 'encoded' | 'long', fixture: Fixture): CaseSource {
  const real = encodeURIComponent(fixture.pool_id);
  const made = unknownId(0);
  const { pool_id } = fixture;
  const recased = encodeURIComponent(pool_id === pool_id.toUpperCase() ? pool_id.toLowerCase() : pool_id.toUpperCase());
  const relatives: readonly (readonly [string, string])[] = [
    ['that begins like a real one', `${real}-${made}`],
    ['that ends like a real one', `${made}-${real}`],
  ];
  const detours: readonly (readonly [string, string])[] = [
    ['that leads to a real one by encoded dots', `x%2F..%2F${real}`],
    ['that is a real one with a space behind', `${real}%20`],
    ['that is a real one up to a null character', `${real}%00x`],
    ['that is a real one with a parameter', `${real};x=1`],
    ...(recased === real ? [] : [['that is a real one in another case', recased] as const]),
  ];
  return only(
    ...(form === 'plain' ? relatives : form === 'encoded' ? detours : []).map(([label, id]) =>
      jsonCase(fixture, `pool id ${label}`, validBody(fixture), { path: rawPath(fixture.project_id, id) }),
    ),
    ...poolIds[form].map(([label, id]) =>
      jsonCase(fixture, `pool id ${label}`, validBody(fixture), { path: rawPath(fixture.project_id, id) }),
    ),
  );
}

/** A project id that no target hands out. */
export function malformedProjectCases(fixture: Fixture): CaseSource {
  const ids: readonly (readonly [string, string])[] = [
    ['300 letters', 'a'.repeat(300)],
    ['a quote', "'"],
    ['that begins like the real one', `${fixture.project_id}0`],
  ];
  return only(
    ...ids.map(([label, id]) =>
      jsonCase(fixture, `project id ${label}`, validBody(fixture), { path: rebuildPath(id, fixture.pool_id) }),
    ),
  );
}

/** Another method on the path of the operation. */
export function methodCases(fixture: Fixture): CaseSource {
  const bare = ['GET', 'HEAD', 'OPTIONS'].map((method) => rawCase(fixture, method, undefined, { method, headers: {} }));
  const full = ['PUT', 'PATCH', 'DELETE'].map((method) => jsonCase(fixture, method, validBody(fixture), { method }));
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
