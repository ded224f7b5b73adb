import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { covered, coveredLevels, type Dimension } from '../specs/contexts.ts';
import { defaultEdition, type EditionName, edition, editions } from '../specs/editions.ts';
import type { Requirement } from '../specs/requirement.ts';
import { type DeviationSend, fixedPlays, overridden, type Play, playKey, randomPlay } from './cases.ts';
import { classify, keepsItsClaim } from './claim.ts';
import { fixedContexts, lawful, plain, plainIn, randomContext, unusual, withNeeds } from './contexts.ts';
import { deviationSource } from './deviations/index.ts';
import type { Setting } from './deviations/source.ts';
import { forbiddenLevels } from './forbidden.ts';
import type { AuthKind, Case, Fixture } from './model.ts';
import { render } from './render.ts';
import { label } from './words.ts';

const seed = 20261124;
const runs = 40;

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
const fixtureOf = (id: string): Fixture => ({ project_id: id, pool_id: id, image_id: id });

interface Row {
  readonly row: Requirement;
  readonly send: DeviationSend;
}

function plays(send: DeviationSend, setting: Setting, count = runs): readonly Play[] {
  const random = Array.from({ length: count }, (_, n) => randomPlay(send, setting, n) ?? []).flat();
  return [...fixedPlays(send, setting), ...random];
}

/** The dimensions that the deviations of a play leave no room for. */
function goneIn({ deviation }: Play): ReadonlySet<Dimension> {
  const changed = [deviation, deviation?.second];
  return new Set(changed.flatMap((one) => (one === undefined ? [] : overridden(one.change))));
}

/** The same, with those of which they need a certain level. */
function takenIn(play: Play): ReadonlySet<string> {
  return new Set<string>([...goneIn(play), ...Object.keys(play.deviation?.needs ?? {})]);
}

/** Why nobody can have this id; undefined: somebody may. */
function impossible(id: string, real: string): string | undefined {
  if (id === '') return 'empty';
  if (id.length > 255) return 'longer than ids are';
  if (/^__proto__$|^\s+$|[\p{Cc}/%]/u.test(id)) return 'of no form that ids have';
  const isRandom = /^[0-9a-f-]{32,}$/i.test(real);
  const rest = (isRandom ? id.replaceAll(real, ' ') : id).replaceAll('-', '');
  if (/[0-9a-f]{16}|\d{20}/.test(rest) || /[A-Za-z0-9+/_.]{22}/.test(rest)) return 'with a random part';
  if (isRandom && /^[0-9a-f-]{16}/i.test(id)) return 'of a real one that is random itself';
  return undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return `${part}/`;
  }
}

/** The image of a body, as long as it is a text that a correct target looks up. */
function imageOf({ body }: Case['request']): string | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const image = typeof value === 'object' && value !== null ? Reflect.get(value, 'image_id') : undefined;
    return typeof image === 'string' ? image : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the conditions of an edition forbid a level beside another one. */
function areForbidden(name: EditionName, one: Dimension, a: string, other: Dimension, b: string): boolean {
  return forbiddenLevels(name).some(
    (pair) =>
      (pair.dimension === one && pair.level === a && pair.other === other && pair.otherLevel === b) ||
      (pair.dimension === other && pair.level === b && pair.other === one && pair.otherLevel === a),
  );
}

/** Editions whose requests differ: what is said of one holds for the others. */
const different = editions.filter(
  (name, i) => editions.findIndex((one) => isDeepStrictEqual(edition(one).request, edition(name).request)) === i,
);

describe.each(different)('in edition %s', (name) => {
  const settingOf = (id: string, auth: AuthKind = 'token'): Setting => ({
    fixture: fixtureOf(id),
    auth,
    seed,
    edition: name,
  });
  const rows: readonly Row[] = edition(name).requirements.flatMap((row) =>
    row.send.kind === 'deviation' ? [{ row, send: row.send }] : [],
  );

  test.each(['token', 'aksk'] as const)('every case is what it says, by the schema alone, with %s', (auth) => {
    for (const { row, send } of rows) {
      const setting = settingOf('pool-a', auth);
      for (const play of plays(send, setting)) {
        const made = render(setting, play.context, play.deviation);
        expect(keepsItsClaim(made, name), `${row.id}: ${label(play)}`).toBe(true);
      }
    }
  });

  test('what was made for one pool deviates at another one, too, and does not go back to the first', () => {
    const [setting, other] = [settingOf('pool-a'), settingOf('pool-b')];
    const operation = '/desktop-pools/pool-a/rebuild';
    // Without its order a billed image is a plain request: only the state makes it wrong.
    for (const { row, send } of rows.filter(({ row: { given } }) => given !== 'image is billed')) {
      for (const { context, deviation } of plays(send, setting)) {
        if (deviation === undefined || deviation.change.on === 'state') continue;
        const { request } = render(other, context, deviation);
        expect(request, `${row.id}: ${deviation.what}`).not.toEqual(render(other, context).request);
        expect(request.path.startsWith('/v2/p') && request.path.includes(operation), row.id).toBe(false);
      }
    }
  });

  test('the same context without the deviation is valid', () => {
    const setting = settingOf('12');
    for (const { row, send } of rows)
      for (const { context } of plays(send, setting, 10))
        expect(classify(render(setting, context).request.body, name), row.id).toBe('valid');
  });

  test('valid requests are valid in every context', () => {
    const random = Array.from({ length: 200 }, (_, n) => randomContext(seed, n, name));
    for (const id of ids)
      for (const context of [...fixedContexts(name), ...random])
        expect(classify(render(settingOf(id), context).request.body, name)).toBe('valid');
  });

  test('a context that was made plainer is lawful again, and no other one changes', () => {
    for (const context of fixedContexts(name)) {
      expect(lawful(context, name)).toEqual(context);
      for (const dimension of unusual(context)) {
        const plainer = lawful(plainIn(context, [dimension]), name, covered(name));
        expect(plainer.levels[dimension]).toBe(plain.levels[dimension]);
        expect(classify(render(settingOf('12'), plainer).request.body, name)).toBe('valid');
      }
    }
  });

  test('every two levels of two dimensions of the context meet, unless the schema forbids it', () => {
    const contexts = fixedContexts(name);
    for (const [i, one] of covered(name).entries())
      for (const other of covered(name).slice(i + 1))
        for (const a of coveredLevels(one, name))
          for (const b of coveredLevels(other, name))
            expect(
              contexts.some(({ levels }) => levels[one] === a && levels[other] === b),
              `${one}=${a} with ${other}=${b}`,
            ).toBe(!areForbidden(name, one, a, other, b));
  });

  test('each class of deviations meets each level that it leaves room for', () => {
    const setting = settingOf('pool-a', 'aksk');
    for (const { row, send } of rows) {
      const { classes } = deviationSource(send.of, send.field, setting);
      const all = fixedPlays(send, setting);
      for (const values of classes) {
        const mine = all.filter(({ deviation }) => values.some(({ what }) => deviation?.what.startsWith(what)));
        for (const dimension of covered(name)) {
          const fitting = mine.filter((play) => !takenIn(play).has(dimension));
          // What waits for a field that the deviation takes away cannot be there.
          const possible = coveredLevels(dimension, name).filter((level) =>
            fitting.some((play) =>
              [...goneIn(play)].every((other) => !areForbidden(name, dimension, level, other, plain.levels[other])),
            ),
          );
          // With two deviations the second may take the room: then what is left of it is used.
          const most = send.second === undefined ? possible.length : Math.min(possible.length, fitting.length);
          const met = new Set(fitting.map(({ context }) => context.levels[dimension]));
          expect(met.size, `${row.id}, ${values[0]?.what}: ${dimension}`).toBe(most);
        }
      }
    }
  });

  test('each class of deviations begins with the most telling value, as plain as it can be', () => {
    const setting = settingOf('pool-a', 'aksk');
    for (const { row, send } of rows) {
      const { classes } = deviationSource(send.of, send.field, setting);
      const all = fixedPlays(send, setting);
      for (const [telling] of classes) {
        const first = all.find(({ deviation }) => telling !== undefined && deviation?.what.startsWith(telling.what));
        if (first === undefined) continue;
        const plainest = lawful(withNeeds(plain, first.deviation), name, goneIn(first));
        expect(first.context.levels, row.id).toEqual(plainest.levels);
      }
    }
  });

  test('the same seed makes the same cases, another one does not', () => {
    const of = (send: DeviationSend, own: number): string =>
      JSON.stringify(plays(send, { ...settingOf('pool-a'), seed: own }, 20).map(playKey));
    let different = 0;
    for (const { send } of rows) {
      expect(of(send, 7)).toBe(of(send, 7));
      if (of(send, 7) !== of(send, 8)) different += 1;
    }
    expect(different).toBeGreaterThan(rows.length / 2);
  });

  test('the fixed cases fit into the budget', () => {
    const groups = new Map(rows.map(({ row, send }) => [JSON.stringify([row.given, send]), send]));
    const total = [...groups.values()].reduce((sum, send) => sum + fixedPlays(send, settingOf('pool-a')).length, 0);
    console.info(`fixed cases: ${total} with deviations, ${fixedContexts(name).length} valid`);
    expect(total + fixedContexts(name).length).toBeLessThan(name === defaultEdition ? 550 : 600);
  });

  test.each(ids)('no pool, project or image but the configured ones is named, with ids such as %s', (id) => {
    for (const { send } of rows) {
      for (const { context, deviation } of plays(send, settingOf(id), 12)) {
        const { request } = render(settingOf(id), context, deviation);
        const [, project = '', pool = ''] = /^\/v\d\/([^/]*)\/[\w-]+\/([^/?]*)/i.exec(request.path) ?? [];
        for (const named of [decoded(project), decoded(pool), imageOf(request) ?? id])
          if (named !== id && named !== decoded(encodeURIComponent(id)))
            expect(impossible(named, id), `${deviation?.what}: ${named}`).toBeDefined();
      }
    }
  });
});
