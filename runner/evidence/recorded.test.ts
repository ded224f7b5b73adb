import { describe, expect, test } from 'vitest';
import { type DeviationSend, fixedPlays, lawfulPlay, type Play, randomPlay } from '../../generators/cases.ts';
import { plain, withLevel } from '../../generators/contexts.ts';
import type { Setting } from '../../generators/deviations/source.ts';
import { render } from '../../generators/render.ts';
import { traitsOf } from '../../specs/deviations.ts';
import { defaultEdition, edition } from '../../specs/editions.ts';
import type { ReportedSending } from '../../specs/report.ts';
import type { Sending } from '../decide/procedure.ts';
import { digestOf, type Origin, recalled, sendingOf } from './recorded.ts';

const fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' };
const origin: Origin = { auth: 'token', seed: 7, edition: defaultEdition, runs: 20 };
const setting: Setting = { ...origin, fixture };

function sendingFor(wanted: Play, values = fixture): Sending {
  const play = lawfulPlay(wanted, defaultEdition);
  return {
    id: 1,
    play,
    case: render({ fixture: values, edition: defaultEdition }, play.context, play.deviation),
    fixture: values,
    given: 'pool is ready',
    at: 'pool is ready',
    rows: [],
    mayAct: true,
  };
}

/** As a report brings it: through JSON. */
function reported(sending: Sending): ReportedSending {
  return JSON.parse(JSON.stringify(sendingOf(sending))) as ReportedSending;
}

/** The digest of what is sent again for a request on record; undefined: nothing is. */
function digestAgain(kept: ReportedSending, now: Setting = setting): string | undefined {
  const play = recalled(kept, origin)?.make(now);
  return play === undefined ? undefined : digestOf(sendingFor(play, now.fixture as typeof fixture).case.request);
}

const deviated = edition(defaultEdition).requirements.filter(
  ({ send, given }) => send.kind === 'deviation' && given === 'pool is ready' && traitsOf(send.of).phase === 'usual',
);

describe('a request on record', () => {
  test.each(deviated.map((row) => [row.id, row.send as DeviationSend] as const))(
    '%s: comes back byte by byte',
    (_, send) => {
      const fixed = fixedPlays(send, setting);
      const generated = [0, 1, 19].flatMap((n) => randomPlay(send, setting, n) ?? []);
      for (const play of [...fixed.slice(0, 2), ...fixed.slice(-1), ...generated]) {
        const sending = sendingFor(play);
        expect(digestAgain(reported(sending)), play.deviation?.what).toBe(digestOf(sending.case.request));
      }
    },
  );

  test('a valid one does, too', () => {
    const sending = sendingFor({ context: withLevel(plain, 'transfer', 'chunked'), deviation: undefined });
    expect(digestAgain(reported(sending))).toBe(digestOf(sending.case.request));
  });

  test('of another pool is made for the one of the configuration', () => {
    const [play] = fixedPlays(
      { kind: 'deviation', of: 'malformed pool id' },
      { ...setting, fixture: { ...fixture, pool_id: 'another' } },
    );
    if (play === undefined) throw new Error('no such play');
    const kept = reported(sendingFor(play, { ...fixture, pool_id: 'another' }));
    const again = recalled(kept, origin)?.make(setting);
    expect(again === undefined ? '' : sendingFor(again).case.request.path).not.toContain('another');
  });
});

describe('a report that was tampered with', () => {
  const [play = { context: plain, deviation: undefined }] = fixedPlays(
    { kind: 'deviation', of: 'wrong type', field: 'delay_time' },
    setting,
  );
  const kept = reported(sendingFor(play));
  const { case: own } = kept;
  if (own === undefined) throw new Error('nothing was kept');
  test.each<readonly [string, ReportedSending]>([
    ['another digest', { ...kept, case: { ...own, sha256: '0'.repeat(64) } }],
    ['a level that there is not', { ...kept, case: { ...own, levels: { ...own.levels, transfer: 'smuggled' } } }],
    ['a dimension that there is not', { ...kept, case: { ...own, levels: { ...own.levels, path: '/etc' } } }],
    ['a value of no field', { ...kept, case: { ...own, values: { path: '/etc' } } }],
    ['no pool', { ...kept, case: { ...own, fixture: { project_id: 'p1', image_id: 'img-1' } } }],
    ['values that no address holds', { ...kept, case: { ...own, fixture: { ...fixture, pool_id: '\ud800' } } }],
    ['an unknown kind', { ...kept, deviation: { kind: 'constructor', dimension: 'type' } as never }],
    ['another kind', { ...kept, deviation: { kind: 'no body', dimension: 'body' } }],
    ['a second fault', { ...kept, deviation: { ...kept.deviation, second: { kind: '__proto__' } } as never }],
    ['no request', { ...kept, case: undefined } as never],
  ])('%s: nothing is sent', (_, changed) => {
    expect(recalled(changed, origin)).toBeUndefined();
  });
});
