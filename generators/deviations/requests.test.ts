import { describe, expect, test } from 'vitest';
import { type DeviationKind, deviations } from '../../specs/deviations.ts';
import { defaultEdition } from '../../specs/editions.ts';
import { classify } from '../claim.ts';
import { plain } from '../contexts.ts';
import type { AuthKind, Case, Deviation, Fixture } from '../model.ts';
import { randomOf } from '../random.ts';
import { render } from '../render.ts';
import { type CredentialKind, credentialDeviations } from './credentials.ts';
import { type IdKind, idDeviations, unknowns } from './ids.ts';
import { type RequestKind, requestDeviations } from './requests.ts';
import type { DeviationSource, Setting } from './source.ts';
import { unknownAlike } from './unknown-ids.ts';

const seed = 7;
const runs = 200;
const ids = [
  '1',
  '12',
  'a',
  'POOL',
  'pool-a',
  'desktop-pool-headquarters-12',
  'HQ.pool_12-ä b',
  '5b7d3f0c2e9a4c81b6d0f4a7e2c19385',
  'abc85365-0b2e-4b4f-a091-f7db72072d4b',
  'x'.repeat(200),
];
const auths: readonly AuthKind[] = ['none', 'token', 'aksk', 'iam'];

const credentialKinds = [
  'absent credential',
  'empty credential',
  'made-up credential',
  'truncated credential',
  'extended credential',
  'credential in other case',
  'other first character',
  'other middle character',
  'other last character',
  'wrapped credential',
  'altered credential',
  'other scheme',
  'very long credential',
  'inherited credential',
  'odd characters in credential',
  'two credentials',
  'credential of the state',
] as const satisfies readonly CredentialKind[];
const idKinds = [
  'pool of the state',
  'failing service',
  'other project',
  'malformed project id',
  'malformed pool id',
  'encoded pool id',
  'long pool id',
  'unknown image',
  'untidy image id',
  'missing order',
  'empty order',
  'unknown order',
] as const satisfies readonly IdKind[];
const requestKinds = [
  'other method',
  'other path',
  'nearly the same path',
  'long head',
] as const satisfies readonly RequestKind[];

function settingOf(id: string, auth: AuthKind = 'token'): Setting {
  return { fixture: { project_id: id, pool_id: id, image_id: id, order_id: id }, auth, seed, edition: defaultEdition };
}

function sources(setting: Setting): readonly (readonly [DeviationKind, DeviationSource])[] {
  return [
    ...credentialKinds.map((kind) => [kind, credentialDeviations(kind, setting)] as const),
    ...idKinds.map((kind) => [kind, idDeviations(kind, setting)] as const),
    ...requestKinds.map((kind) => [kind, requestDeviations(kind)] as const),
  ];
}

function valuesOf({ classes, random }: DeviationSource): readonly Deviation[] {
  const generated = Array.from(
    { length: random === undefined ? 0 : runs },
    (_, n) => random?.generate(randomOf(seed, n), 4).value,
  );
  return [...classes.flat(), ...generated.filter((value) => value !== undefined)];
}

/** A part of a path as a lenient router reads it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return `${part}/`;
  }
}

/** The value of a member, as long as it is a text that a correct target looks up. */
function memberOf({ request }: Case, name: string): string | undefined {
  const value: unknown = JSON.parse(new TextDecoder().decode(request.body));
  const member: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return typeof member === 'string' ? member : undefined;
}

/** Whether an id with a wildcard can mean only the real one: that is as random as a UUID, and kept but for one character. */
function isWiderReal(id: string, real: string): boolean {
  if (!/^[0-9a-f-]{32,}$/i.test(real)) return false;
  return [`${real}*`, `${real}%`, `${real.slice(0, -1)}_`].includes(id);
}

/** Why nobody can have this id; undefined: somebody may. */
function impossible(id: string, real: string, alike: ReadonlySet<string>): string | undefined {
  if (id === '') return 'empty';
  if (id.length > 255) return 'longer than ids are';
  if (/^__proto__$|^\s+$|[\p{Cc}/%]/u.test(id)) return 'of no form that ids have';
  if (/[0-9a-f]{16}/.test(id.replace(real, ' ').replaceAll('-', ''))) return 'with a random part';
  if (/^[0-9a-f-]{32,}$/i.test(real) && id.toLowerCase() === real.toLowerCase()) return 'the same in another case';
  if (isWiderReal(id, real)) return 'a wildcard that only the real one fits';
  if (alike.has(id)) return 'random at each place';
  return undefined;
}

describe.each(ids)('with ids such as %s', (id) => {
  const setting = settingOf(id);

  test('no pool, project, image or order but the configured ones is named', () => {
    // What is random at each place shows it only among its like.
    const alike = new Set(Array.from({ length: unknowns }, (_, n) => unknownAlike(id, seed, n)));
    for (const [kind, source] of sources(setting)) {
      for (const deviation of valuesOf(source)) {
        const value = render(setting, plain, deviation);
        const [, project = '', pool = ''] = /^\/v2\/([^/]*)\/desktop-pools\/([^/?]*)/.exec(value.request.path) ?? [];
        const named = [decoded(project), decoded(pool)];
        if (value.request.body !== undefined)
          named.push(memberOf(value, 'image_id') ?? id, memberOf(value, 'order_id') ?? id);
        for (const name of named)
          if (name !== id) expect(impossible(name, id, alike), `${kind}: ${deviation.what}: ${name}`).toBeDefined();
      }
    }
  });

  test('an unknown one has 64 random bits', () => {
    const many = [...Array(300).keys()].map((n) => unknownAlike(id, seed, n));
    expect(new Set(many).size).toBe(many.length);
    expect(many).not.toContain(id);
    expect(unknownAlike(id, seed, 1)).toBe(many[1]);
    const [first = ''] = many;
    // At each place, as many bits as its characters in all of them make.
    const bits = [...first].map((_, i) => Math.log2(new Set(many.map((text) => text.charAt(i))).size));
    expect(bits.reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(64);
  });
});

test('an unknown id has the form of the real one where that leaves room', () => {
  expect(unknownAlike('5b7d3f0c2e9a4c81b6d0f4a7e2c19385', seed)).toMatch(/^[0-9a-f]{32}$/);
  expect(unknownAlike('5B7D3F0C2E9A4C81B6D0F4A7E2C19385', seed)).toMatch(/^[0-9A-F]{32}$/);
  expect(unknownAlike('abc85365-0b2e-4b4f-a091-f7db72072d4b', seed)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(unknownAlike('desktop-pool-headquarters-12', seed)).toMatch(/^[a-z]{7}-[a-z]{4}-[a-z]{12}-\d\d$/);
  expect(unknownAlike('12', seed)).toMatch(/^12-[0-9a-f-]{36}$/);
});

describe.each(auths)('for credentials of the kind %s', (auth) => {
  const setting: Setting = { ...settingOf('pool-a', auth), fixture: fixture() };

  test('each deviation is of its kind, and no two have the same words and different changes', () => {
    for (const [kind, source] of sources(setting)) {
      const words = new Map<string, string>();
      for (const deviation of source.classes.flat()) {
        expect(deviation.kind).toBe(kind);
        const change = JSON.stringify(deviation.change);
        if (!['other project', 'made-up credential'].includes(kind))
          expect(words.get(deviation.what) ?? change, `${kind}: ${deviation.what}`).toBe(change);
        words.set(deviation.what, change);
        // The values of the fixture are in no words.
        expect(deviation.what).not.toMatch(/pool-a|img-1|CS123/);
      }
    }
  });

  test('the body is what the kind says', () => {
    for (const [kind, source] of sources(setting)) {
      if (deviations[kind].body === 'free') continue;
      for (const deviation of valuesOf(source))
        expect(classify(render(setting, plain, deviation).request.body, defaultEdition), deviation.what).toBe('valid');
    }
  });

  test('a request with another credential is otherwise as it should be', () => {
    const { credential: _, ...expected } = render(setting, plain).request;
    for (const kind of credentialKinds) {
      for (const deviation of valuesOf(credentialDeviations(kind, setting))) {
        const { credential, ...rest } = render(setting, plain, deviation).request;
        expect(rest).toEqual(expected);
        expect(credential.form).not.toBe('valid');
      }
    }
  });

  test('credentials change by what is configured', () => {
    const has = (kind: CredentialKind): boolean => credentialDeviations(kind, setting).classes.length > 0;
    expect(has('altered credential')).toBe(auth !== 'none');
    expect(has('truncated credential')).toBe(auth !== 'none');
    expect(has('credential of the state')).toBe(true);
  });
});

test('a path that is edited is no other operation of the vendor', () => {
  const tails = [...requestDeviations('other path').classes, ...requestDeviations('nearly the same path').classes]
    .flat()
    .map((deviation) => render(settingOf('pool-a'), plain, deviation).request.path);
  expect(tails).toEqual([
    '/v2/pool-a/desktop-pools/pool-a/rebuilds',
    '/v2/pool-a/desktop-pools/pool-a/rebuild/extra',
    '/conformance/v2/pool-a/desktop-pools/pool-a/rebuild',
    '/v2/pool-a/desktop-pools//rebuild',
    '/v1/pool-a/desktop-pools/pool-a/rebuild',
    '/v2/pool-a/desktop-pool/pool-a/rebuild',
    '/v2/pool-a/desktop-pools/pool-a/rebuild/rebuild',
    '/v2/pool-a/desktop-pools/pool-a/rebuild/',
    '/v2/pool-a/desktop-pools/pool-a/REBUILD',
    '/v2/pool-a/desktop-pools/pool-a//rebuild',
    '/v2/pool-a/Desktop-Pools/pool-a/rebuild',
  ]);
});

function fixture(): Fixture {
  return { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1', order_id: 'CS123' };
}
