import { describe, expect, test } from 'vitest';
import { playKey } from '../../generators/cases.ts';
import type { Exchange } from '../../runner/decide/procedure.ts';
import { generatedItems } from '../../runner/plan/items.ts';
import { defaultEdition, edition } from '../../specs/editions.ts';
import type { Report, Result } from '../../specs/report.ts';
import type { RequirementId } from '../../specs/requirements.ts';
import type { Witness } from './driver.ts';
import type { Asked, Nature, Reply } from './nature.ts';
import { simulate, untested } from './simulate.ts';
import { tokens } from './target.ts';

const { requirements } = edition(defaultEdition);

/** Each of these is a defect of the suite itself that once was. */

const second = 1000;

function failing({ results }: Report, ...levels: readonly Result['level'][]): readonly string[] {
  const all = levels.length === 0 ? ['MUST', 'SHOULD'] : levels;
  return results.flatMap(({ requirement, verdict, level }) =>
    verdict === 'fail' && all.includes(level) ? [requirement] : [],
  );
}

function resultOf({ results }: Report, id: RequirementId): Result {
  const result = results.find(({ requirement, technique }) => requirement === id && technique !== 'contract');
  if (result === undefined) throw new Error(`no result for ${id}`);
  return result;
}

const valid = ({ status, body }: { status: number; body?: unknown }): Reply => ({ status, body });
const accepts = (n: number): Reply => valid({ status: 200, body: { job_id: `wrong-${n}` } });
const refuses = (status: number): Reply => valid({ status, body: { error_code: 'SIM.9', error_msg: 'No.' } });

/** Keeps what came of each request. */
function recorder(): { readonly all: Exchange[]; readonly witness: Witness } {
  const all: Exchange[] = [];
  return {
    all,
    witness: {
      told(_, fact) {
        if (fact.told === 'sent') all.push(...fact.exchanges.flat());
      },
    },
  };
}

const statusOf = ({ result }: Exchange): number => ('status' in result ? result.status : 0);

test('1: a token that a state brought is not shown, nor a changed form of it', async () => {
  // Accepts every form of the token that a state brought.
  const fault = (asked: Asked): Reply | undefined => {
    const [token = ''] = asked.tokens;
    const isLike = [8, 12, 16].some((at) => token.toLowerCase().includes(tokens.valid.toLowerCase().slice(at, at + 6)));
    return isLike && token !== tokens.valid && asked.path.includes('pool-a') ? accepts(asked.n) : undefined;
  };
  const ready = { project_id: 'sim-project', image_id: 'sim-image', pool_id: 'pool-a', token: tokens.valid };
  const data = { auth: { token: 'Conf-igured-but-not-good' }, states: { 'pool is ready': ready } };
  const { report } = await simulate({ fault }, { data });
  expect(failing(report)).toContain('credentials/other-case-is-unauthorised');
  const text = JSON.stringify(report).toLowerCase();
  for (let at = 0; at + 10 <= tokens.valid.length; at += 1)
    expect(text).not.toContain(tokens.valid.slice(at, at + 10).toLowerCase());
});

test('2: a pool that is busy for longer than it is waited for is no failure, and needs no pin', async () => {
  const asking = { limits: { ready_wait: 5 * second } };
  const { report } = await simulate({ busy: { ms: 20 * second, how: 'always' } }, asking);
  expect(failing(report)).toEqual([]);
  expect(report.notes.filter((note) => note.includes('pin'))).toEqual([]);
});

describe('3: rebuilds are spared', () => {
  test('where each takes time', async () => {
    const { report, took } = await simulate({ busy: { ms: 3 * second, how: 'always' } });
    expect(report.rebuilds).toBeLessThanOrEqual(20);
    expect(took).toBeLessThanOrEqual(60 * second + 60 * report.requests + 10 * second);
  });

  test('and on loopback, too, whatever the target accepts', async () => {
    const data = { target: { url: 'http://127.0.0.1:1' } };
    const { report, target } = await simulate({ fault: ({ n }) => accepts(n) }, { data, options: { runs: 20 } });
    expect(report.outcome).toBe('nonconformant');
    expect(target.received).toBeLessThan(3_000);
    expect(report.rebuilds).toBeLessThanOrEqual(401);
  });
});

test('4: what was not sent does not pass', async () => {
  const { report } = await simulate({}, { limits: { rebuilds: 1 } });
  expect(resultOf(report, 'state/walks-keep-the-rules').verdict).toBe('untested');
  for (const { verdict, cases } of report.results) if (verdict === 'pass') expect(cases).toBeGreaterThan(0);
});

test('5: the counts are those of what was sent', async () => {
  const { all, witness } = recorder();
  const { report } = await simulate({}, { witness });
  const proof = resultOf(report, 'state/rejected-request-starts-nothing');
  expect([proof.accepted, proof.rejected]).toEqual([0, proof.cases]);
  for (const { requirement, technique, cases, accepted, rejected } of report.results) {
    expect(accepted + rejected).toBeLessThanOrEqual(cases);
    const mine = all.filter(({ sending }) => sending.rows.some(({ id }) => id === requirement));
    const row = requirements.find(({ id }) => id === requirement);
    if (technique === 'contract' || row?.send.kind !== 'deviation') continue;
    expect(accepted).toBeLessThanOrEqual(mine.filter((one) => statusOf(one) === 200).length);
    expect(rejected).toBeLessThanOrEqual(mine.filter((one) => statusOf(one) >= 300).length);
  }
});

test('6: redaction leaves the words of the suite alone', async () => {
  const fault = (asked: Asked): Reply | undefined => {
    const [token = ''] = asked.tokens;
    const isRecased = token !== tokens.valid && token.toLowerCase() === tokens.valid.toLowerCase();
    return isRecased && asked.path.includes('pool-a') ? accepts(asked.n) : undefined;
  };
  const ready = { project_id: 'sim-project', image_id: 'sim-image', pool_id: 'pool-a' };
  const data = { states: { 'pool is ready': ready, 'token is expired': { token: 'other' } } };
  const { report } = await simulate({ fault }, { data });
  const [finding] = resultOf(report, 'credentials/other-case-is-unauthorised').findings;
  expect(finding?.stimulus).toContain('the credential is in other case');
});

describe('7: each result is told once', () => {
  test('and is that of the report', async () => {
    const told: Result[] = [];
    const events = { onResult: (result: Result) => void told.push(result) };
    const { report } = await simulate({ busy: { ms: 300, how: 'always' } }, { limits: { rebuilds: 5 }, events });
    expect(told).toEqual(report.results);
    const names = told.map(({ requirement, technique }) => `${requirement} ${technique}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each<RequirementId>(['body/image-id-is-required', 'credentials/expired-is-unauthorised'])(
    'a row alone is tested as in the whole: %s',
    async (id) => {
      const playsOf = async (only: readonly string[]): Promise<readonly string[]> => {
        const { all, witness } = recorder();
        await simulate({}, { options: { only }, witness });
        const mine = all.filter(({ sending }) => sending.rows.some((row) => row.id === id));
        return [...new Set(mine.map(({ sending }) => playKey(sending.play)))].sort();
      };
      expect(await playsOf([id])).toEqual(await playsOf([]));
    },
  );
});

test('8: a million generated cases are not built before the first is sent', () => {
  const fixture = { project_id: 'p', pool_id: 'q', image_id: 'i' };
  const rounds = generatedItems(
    requirements,
    () => ({ fixture, auth: 'token', seed: 1, edition: defaultEdition }),
    1_000_000,
    0,
  );
  rounds.next();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 100; n += 1) rounds.next();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
});

describe('9: every answer is looked at', () => {
  test('that of the control, too', async () => {
    const fault = (asked: Asked): Reply | undefined => {
      const reply = asked.rightly();
      const isPlain = 'status' in reply && reply.status === 200 && asked.size < 30;
      return isPlain ? valid({ status: 200, body: { job_id: asked.n } }) : reply;
    };
    const { report } = await simulate({ fault }, { options: { only: ['credentials/absent-*', 'answers/*'] } });
    expect(failing(report)).toContain('answers/acceptance-has-job-id');
  });

  test('and that of a request that was sent again', async () => {
    let disturbed = -1;
    const fault = (asked: Asked): Reply | undefined => {
      if (asked.n % 40 === 20) {
        disturbed = asked.n;
        return { silence: 'reset' };
      }
      const reply = asked.rightly();
      const isAgain = asked.n <= disturbed + 2 && 'status' in reply && reply.status === 400;
      return isAgain ? valid({ status: 400, body: { message: 'no code' } }) : reply;
    };
    const { report } = await simulate({ fault });
    expect(failing(report)).toContain('answers/error-shape');
  });
});

describe('10: a mistake in the configuration is no failure of the target', () => {
  test.each([400, 401, 403, 404, 409, 302])('each valid body is answered with %i', async (status) => {
    const { report } = await simulate({ fault: (asked) => (asked.method === 'POST' ? refuses(status) : undefined) });
    expect(report.outcome).toBe('error');
    expect(report.results.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
    expect(report.notes.filter((note) => note.includes('No valid body was accepted'))).toHaveLength(1);
    expect(report.requests).toBeLessThan(500);
  });

  test.each(['500', 'reset', 'never'])('but this is the target’s own: %s', async (what) => {
    const reply: Reply = what === '500' ? refuses(500) : { silence: what === 'reset' ? 'reset' : 'never' };
    const fault = (asked: Asked): Reply | undefined => {
      const right = asked.rightly();
      return 'status' in right && right.status === 200 ? reply : right;
    };
    const { report } = await simulate({ fault });
    expect(failing(report, 'MUST')).toContain('body/minimal-is-accepted');
    expect(report.outcome).toBe('nonconformant');
  });
});

describe('11: silence', () => {
  test.each([200, 2 * second, 8 * second])(
    'who brings the target down for %i ms is blamed, and the run goes on',
    async (ms) => {
      const fault = (asked: Asked): Reply | undefined => (asked.path.includes('%zz') ? { crash: ms } : undefined);
      const { report, took } = await simulate({ fault });
      expect(failing(report, 'MUST')).toContain('path/encoded-pool-id-is-no-server-error');
      const others = failing(report).filter((id) => !/^path\/|^answers\/are-given/.test(id));
      expect(others).toEqual([]);
      expect(report.incomplete).toBe(false);
      expect(report.results.filter(({ verdict }) => verdict === 'error')).toEqual([]);
      expect(took).toBeLessThan(200 * second);
    },
  );

  test('nothing passes on what brought the target down for good', async () => {
    const fault = (asked: Asked): Reply | undefined => {
      const { delay_time } = (asked.value ?? {}) as { delay_time?: unknown };
      // Any member of a class of which others were answered before.
      return Array.isArray(delay_time) && Array.isArray(delay_time[0]) ? { crash: 3600 * second } : undefined;
    };
    const { report } = await simulate({ fault });
    expect(report.outcome).toBe('error');
    expect(failing(report)).toEqual([]);
    const { verdict, reason, cases } = resultOf(report, 'body/delay-time-type-is-integer');
    expect(cases).toBeGreaterThan(0);
    expect(verdict).toBe('error');
    expect(reason).toContain('under way when it went: ');
    expect(reason).toContain('delay_time is its valid value in two arrays');
  });

  test('a target that leaves unknown routes without an answer costs little time', async () => {
    const fault = (asked: Asked): Reply | undefined =>
      /^\/v2\/[^/]+\/desktop-pools\/[^/]+\/rebuild(\?|$)/.test(asked.path) ? undefined : { silence: 'never' };
    const plain = await simulate({});
    const { report, took } = await simulate({ fault });
    expect(report.incomplete).toBe(false);
    expect(failing(report)).toContain('path/other-path-starts-nothing');
    // So many time-outs of ten seconds.
    expect(took - plain.took).toBeLessThan(13 * 10 * second);
  });
});

test('12: a busy pool that accepts fails, whatever became of the control', async () => {
  const fault = (asked: Asked): Reply | undefined => {
    const reply = asked.rightly();
    return asked.path.includes('busy') && 'status' in reply && reply.status === 409 ? accepts(asked.n) : reply;
  };
  const { report } = await simulate({ fault });
  expect(resultOf(report, 'state/busy-pool-is-a-conflict').verdict).toBe('fail');
});

describe('13: the right diagnosis', () => {
  const needs = (field: string): Partial<Nature> => ({
    fault(asked) {
      const right = asked.rightly();
      const lacks = typeof asked.value === 'object' && asked.value !== null && !Object.hasOwn(asked.value, field);
      return 'status' in right && right.status === 200 && lacks ? refuses(400) : right;
    },
  });

  test.each(['os_type', 'is_fix', 'delay_time', 'message'])('a target that needs %s', async (field) => {
    const { report } = await simulate(needs(field));
    expect(failing(report, 'MUST')).toContain('body/minimal-is-accepted');
    expect(failing(report)).not.toContain('state/same-request-same-status');
  });

  test.each([200, 500])('another method that is answered with %i fails by its own row', async (status) => {
    const fault = (asked: Asked): Reply | undefined =>
      asked.method === 'GET' ? valid({ status, body: status === 200 ? { ok: true } : { error_code: 'X' } }) : undefined;
    const { report } = await simulate({ fault });
    expect(failing(report)).toContain('path/other-method-starts-nothing');
    expect(failing(report, 'MUST')).toEqual([]);
  });
});

describe('14: a value that nobody pinned', () => {
  /** Refuses every image_type, where that holds of the body. */
  const refusesType = (where: (body: Readonly<Record<string, unknown>>) => boolean): Partial<Nature> => ({
    fault(asked) {
      const right = asked.rightly();
      if (!('status' in right) || right.status !== 200) return right;
      const body = asked.value as Readonly<Record<string, unknown>>;
      return typeof body['image_type'] === 'string' && body['image_type'] !== '' && where(body) ? refuses(400) : right;
    },
  });

  test('that is refused everywhere needs a pin, which is no failure', async () => {
    const { report } = await simulate(refusesType(() => true));
    expect(failing(report)).toEqual([]);
    expect(report.notes.join()).toContain('plausible values of image_type');
  });

  test('that is refused without another such value may have to fit it', async () => {
    const { report } = await simulate(refusesType((body) => !Object.hasOwn(body, 'os_type')));
    expect(failing(report)).toEqual([]);
    expect(report.notes.join()).toContain('plausible values of image_type');
  });

  test.each(['message', 'delay_time', 'is_fix'])(
    'that is refused only where %s is left out is a failure',
    async (name) => {
      const { report } = await simulate(refusesType((body) => !Object.hasOwn(body, name)));
      expect(failing(report, 'MUST')).toEqual(['body/optional-fields-combine']);
      expect(report.notes.join()).not.toContain('pin');
    },
  );
});

describe('15: the control is refused from some time on', () => {
  const from = (status: number): Partial<Nature> => ({
    fault: (asked) => (asked.n > 200 ? refuses(status) : undefined),
  });

  test('by 401: a token that has expired is no failure of the target', async () => {
    const { report } = await simulate(from(401));
    expect(failing(report)).toEqual([]);
    expect(report.outcome).toBe('partial');
    expect(report.notes.join()).toContain('has it not expired');
    expect(untested(report, 'MUST').length).toBeGreaterThan(50);
  });

  test.each([400, 404])('by %i: the same request has two statuses', async (status) => {
    const { report } = await simulate(from(status));
    expect(failing(report)).toContain('state/same-request-same-status');
  });
});

test.each([2 * second, 10 * second])(
  '16: a lock of %i ms behind a kind of rejection shows under a handler that waits for the pool',
  async (ms) => {
    const fault = (asked: Asked): Reply | undefined => {
      const right = asked.rightly();
      const isOfKind = Array.isArray((asked.value as { delay_time?: unknown } | null | undefined)?.delay_time);
      if ('status' in right && right.status === 400 && isOfKind) asked.occupy('pool-a', ms);
      return right;
    };
    const { report } = await simulate({ fault, handler: true, handlerWaits: true });
    expect(failing(report)).toEqual(['state/rejected-request-starts-nothing']);
  },
);

test.each([
  ['a pool that rests', {}],
  ['a handler', { handler: true, handlerWaits: true }],
] as const)('a job of 300 ms that a refused body starts 150 ms later shows behind %s', async (_, nature) => {
  const fault = (asked: Asked): Reply | undefined => {
    const right = asked.rightly();
    if ('status' in right && right.status === 400) asked.occupy('pool-a', 300, asked.at + 150);
    return right;
  };
  const { report } = await simulate({ fault, busy: { ms: 60, how: 'always' }, ...nature });
  expect(failing(report)).toEqual(['state/rejected-request-starts-nothing']);
});
