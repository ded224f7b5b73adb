import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import requestSchema from '../specs/rebuild-request.schema.json' with { type: 'json' };
import { fields, type Stimulus } from '../specs/requirement.ts';
import { requirements } from '../specs/requirements.ts';
import type { Case, Fixture } from './case.ts';
import { caseSource } from './cases.ts';

const fixture: Fixture = { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1', image_type: 'gold' };
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(requestSchema);
const runs = 500;

function textOf(value: Case): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value.body);
}

/** A case as a text that is quick to compare. */
function written(value: Case | undefined): string {
  return JSON.stringify({ ...value, body: Buffer.from(value?.body ?? []).toString('latin1') });
}

/** The fields at fault; a missing one by its name. */
function faults(value: Case): string[] {
  if (validate(JSON.parse(textOf(value)))) return [];
  const names = (validate.errors ?? []).map(({ instancePath, params }) => {
    const { missingProperty } = params;
    return instancePath.split('/')[1] ?? String(missingProperty);
  });
  return [...new Set(names)];
}

function all(stimulus: Stimulus, seed = 42): Case[] {
  const source = caseSource(stimulus, fixture, seed);
  const random = source.random;
  return [...source.fixed, ...(random ? Array.from({ length: runs }, (_, n) => random(n).value) : [])];
}

describe('generators', () => {
  it('make valid bodies that pass', () => {
    for (const { send } of requirements) {
      if (send.kind !== 'valid body' && send.kind !== 'minimal body' && send.kind !== 'billed image') continue;
      for (const value of all(send)) expect(faults(value), value.label).toEqual([]);
    }
  });

  it('break only the field that is named', () => {
    for (const field of fields) {
      for (const lossless of [true, false])
        for (const value of all({ kind: 'field of wrong type', field, lossless }))
          expect(faults(value), value.label).toEqual([field]);
      for (const value of all({ kind: 'out of range', field })) expect(faults(value), value.label).toEqual([field]);
      for (const value of all({ kind: 'null field', field })) expect(faults(value), value.label).toEqual([field]);
    }
    for (const send of [{ kind: 'missing field', field: 'image_id' }, { kind: 'look-alike key' }] as const)
      for (const value of all(send)) expect(faults(value), value.label).toEqual(['image_id']);
  });

  it('write __proto__ as a key', () => {
    expect(all({ kind: 'look-alike key' }).map(textOf)).toContain('{"__proto__":{"image_id":"img-1"}}');
  });

  it('make malformed bodies that no reader takes', () => {
    for (const value of all({ kind: 'malformed JSON' }))
      expect(() => JSON.parse(textOf(value)), value.label).toThrow(SyntaxError);
  });

  it('make invalid UTF-8 that a strict decoder refuses', () => {
    for (const value of all({ kind: 'invalid UTF-8' })) expect(() => textOf(value), value.label).toThrow(TypeError);
  });

  it('repeat themselves under the same seed, and not under another', () => {
    for (const { send } of requirements) {
      const [first, second] = [caseSource(send, fixture, 7), caseSource(send, fixture, 7)];
      expect(second.fixed.map(written)).toEqual(first.fixed.map(written));
      for (let n = 0; n < 20; n++) expect(written(second.random?.(n).value)).toBe(written(first.random?.(n).value));
    }
    expect(all({ kind: 'malformed JSON' }, 1).map(written)).not.toEqual(
      all({ kind: 'malformed JSON' }, 2).map(written),
    );
  });

  it('shrink to smaller cases with the same fault', () => {
    const source = caseSource({ kind: 'field of wrong type', field: 'delay_time', lossless: false }, fixture, 3);
    let count = 0;
    for (let n = 0; n < 20; n++)
      for (const smaller of source.random?.(n).shrink() ?? []) {
        expect(faults(smaller.value)).toEqual(['delay_time']);
        count++;
      }
    expect(count).toBeGreaterThan(20);
  });

  it('keep the fixed cases within the budget and their labels apart', () => {
    let total = 0;
    for (const { send } of requirements) {
      const { fixed } = caseSource(send, fixture, 42);
      total += fixed.length;
      expect(new Set(fixed.map(({ label }) => label)).size).toBe(fixed.length);
    }
    console.info(`fixed cases: ${total}`);
    expect(total).toBeLessThan(400);
  });
});
