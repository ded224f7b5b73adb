import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviationKind } from '../specs/deviations.ts';
import type { Report, ReportedDeviation } from '../specs/report.ts';
import { causesOf, frameworkOf } from './causes.ts';
import { effects } from './effects.ts';
import { accepted, busy, shape } from './recipes.ts';

function reportOf(name: string): Report {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')) as Report;
}

describe.each([
  ['express-default', 'Express'],
  ['fastify-default', 'Fastify'],
  ['hono-default', 'Hono'],
  ['fastapi-default', 'FastAPI'],
])('the causes of %s', (name, framework) => {
  const report = reportOf(name);
  const causes = causesOf(report);

  it('are at most eight', () => {
    expect(causes.length).toBeGreaterThan(3);
    expect(causes.map(({ title }) => title).slice(8)).toEqual([]);
  });
  it('hold every finding once', () => {
    const findings = report.results.flatMap((result) => result.findings);
    expect(causes.flatMap(({ members }) => members.map(({ finding }) => finding))).toHaveLength(findings.length);
    expect(new Set(causes.flatMap(({ members }) => members.map(({ finding }) => finding))).size).toBe(findings.length);
  });
  it('are ranked', () => {
    const places = causes.map(({ effect, level }) => (level === 'MAY' ? effects.length : effects.indexOf(effect)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });
  it('mix no kinds of faults', () => {
    for (const { members, effect } of causes.filter((cause) => cause.effect === 'accepted'))
      expect([effect, new Set(members.map(({ finding }) => finding.deviation?.dimension)).size]).toEqual([effect, 1]);
    const utf8 = causes.filter(({ rows }) => rows.includes('body/invalid-utf-8-is-rejected'));
    expect(utf8.map(({ rows }) => rows.length)).toEqual([1]);
  });
  it('name the framework, and how to mend each there', () => {
    expect(frameworkOf(report)).toBe(framework);
    for (const { advice } of causes) {
      expect(advice.wants.length).toBeGreaterThan(20);
      expect(advice.how.length).toBeGreaterThan(20);
      expect(advice.example).toBe(`examples/${name.replace('default', 'hardened')}`);
    }
  });
});

describe('what the target is in the middle of', () => {
  const base = reportOf('express-default');
  const [first] = base.results.flatMap((result) => result.findings.map((finding) => ({ result, finding })));
  if (first === undefined) throw new Error('nothing fails in the fixture');
  const failing = (requirement: string, kind: DeviationKind, status: number, expected: string) => {
    const { exchange } = first.finding;
    const response = { headers: {}, body: '{}', body_bytes: 2, duration_ms: 1, status };
    const deviation: ReportedDeviation = { kind, dimension: 'pool' };
    const finding = { ...first.finding, check: 'status', expected, deviation, exchange: { ...exchange, response } };
    return { ...first.result, requirement, findings: [finding] };
  };

  it('is no matter of ids', () => {
    const results = [
      failing('state/busy-pool-is-a-conflict', 'pool of the state', 200, '409'),
      failing('path/unknown-pool-is-not-found', 'pool of the state', 200, '404'),
      failing('failure/internal-error-has-the-documented-shape', 'failing service', 503, '500'),
    ];
    const causes = causesOf({ ...base, results });
    const told = Object.fromEntries(causes.map(({ rows: [id = ''], title, advice }) => [id, [title, advice.wants]]));
    expect(told).toEqual({
      'state/busy-pool-is-a-conflict': ['Requests for a busy pool are accepted', busy.wants],
      'path/unknown-pool-is-not-found': ['Unknown or malformed pools are accepted', accepted.pool.wants],
      'failure/internal-error-has-the-documented-shape': [
        'Requests to a service that is failing are answered with 503, an object with no members',
        shape.wants,
      ],
    });
  });
});
