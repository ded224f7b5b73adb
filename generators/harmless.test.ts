import { expect, test } from 'vitest';
import { requirements } from '../specs/requirements.ts';
import type { Case, Fixture } from './case.ts';
import { caseSource } from './cases.ts';

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
const runs = 200;

/** Why nobody can have this id; undefined: somebody may. */
function impossible(id: string, real: string): string | undefined {
  if (id === '') return 'empty';
  if (id.length > 255) return 'longer than ids are';
  if (/^__proto__$|^\s+$|[\p{Cc}/%]/u.test(id)) return 'of no form that ids have';
  if (/[0-9a-f]{16}/.test(id.replace(real, ' ').replaceAll('-', ''))) return 'with a random part';
  if (/^[0-9a-f-]{32,}$/i.test(real) && id.toLowerCase() === real.toLowerCase()) return 'the same in another case';
  return undefined;
}

/** A part of a path as a lenient router reads it. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return `${part}/`;
  }
}

/** The image of a body, as long as it is a text that a correct target looks up. */
function imageOf({ body }: Case): string | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    const image = typeof value === 'object' && value !== null ? Reflect.get(value, 'image_id') : undefined;
    return typeof image === 'string' ? image : undefined;
  } catch {
    return undefined;
  }
}

test.each(ids)('no pool, project or image but the configured ones is named, with ids such as %s', (id) => {
  const fixture: Fixture = { project_id: `${id}`, pool_id: id, image_id: id };
  for (const { send } of requirements) {
    const source = caseSource(send, fixture, 7);
    const generated = source.random;
    const random = generated === undefined ? [] : Array.from({ length: runs }, (_, n) => generated(n).value);
    for (const value of [...source.fixed, ...random]) {
      const [, project = '', pool = ''] = /^\/v2\/([^/]*)\/desktop-pools\/([^/?]*)/.exec(value.path) ?? [];
      for (const named of [decoded(project), decoded(pool), imageOf(value) ?? id])
        if (named !== id) expect(impossible(named, id), `${value.label}: ${named}`).toBeDefined();
    }
  }
});
