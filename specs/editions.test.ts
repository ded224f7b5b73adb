import { describe, expect, test } from 'vitest';
import { defaultEdition, edition, editions, pinsOf } from './editions.ts';
import { requirements } from './requirements.ts';
import { fields, schemasOf } from './schemas.ts';
import { upgradeOf } from './upgrade.ts';

const membersOf = (of: 'request' | 'response' | 'error') =>
  Object.fromEntries(editions.map((name) => [name, Object.keys(schemasOf(name)[of].properties)]));

test('the bodies have the documented members, and no others', () => {
  const before = ['image_type', 'image_id', 'os_type', 'delay_time', 'message', 'order_id', 'is_fix'];
  const since = before.filter((field) => field !== 'order_id');
  expect(membersOf('request')).toMatchObject({
    '2024-11': before,
    '2025-07': before,
    '2025-11': before,
    '2026-01': [...since, 'handle_type', 'encrypt_type', 'kms_id', 'desktop_ids'],
  });
  const times = ['max_provision_time', 'min_provision_time', 'periodic_query_time'];
  expect(membersOf('response')).toMatchObject({
    '2024-11': ['job_id', 'get_job_endpoint', ...times],
    '2025-07': ['job_id'],
    '2025-11': ['job_id'],
    '2026-01': ['job_id'],
  });
  const short = ['error_code', 'error_msg'];
  const long = [...short, 'error_detail', 'encoded_authorization_message'];
  expect(membersOf('error')).toMatchObject({ '2024-11': short, '2025-07': short, '2025-11': long, '2026-01': long });
});

test('no edition forbids members that it does not document', () => {
  for (const name of editions)
    for (const schema of Object.values(schemasOf(name))) expect(schema).not.toHaveProperty('additionalProperties');
});

test('each row holds in some edition, those about a field in those that have it', () => {
  for (const { id, send, editions: some } of requirements) {
    expect(some.length, id).toBeGreaterThan(0);
    if (send.kind !== 'deviation' || send.field === undefined) continue;
    for (const name of editions)
      expect(some.includes(name), `${id} in ${name}`).toBe(edition(name).fields.includes(send.field));
  }
});

test('every optional field is a dimension of the editions that have it, and of no other', () => {
  for (const name of editions)
    for (const field of fields.filter((one) => one !== 'image_id')) {
      const has = edition(name).fields.includes(field);
      expect(edition(name).dimensions.some((dimension) => dimension === field)).toBe(has);
    }
});

test('only what names a thing of the target is pinned, and has a plausible value', () => {
  expect(pinsOf(defaultEdition)).toEqual(['image_type', 'os_type', 'order_id']);
  expect(pinsOf('2026-01')).toEqual(['image_type', 'os_type', 'kms_id', 'desktop_ids']);
  for (const name of editions)
    for (const field of pinsOf(name)) expect(edition(name).request.properties[field]?.examples).toHaveLength(1);
});

describe('an upgrade', () => {
  test('to the same edition asks for nothing', () => {
    for (const name of editions) expect(upgradeOf(name, name)).toEqual({ members: [], added: [], gone: [] });
  });

  test('is the reverse of its way back', () => {
    for (const name of editions)
      for (const since of editions) {
        const [there, back] = [upgradeOf(name, since), upgradeOf(since, name)];
        const named = ({ members }: typeof there): readonly string[] =>
          members.map(({ of, member }) => `${of} ${member}`).sort();
        expect(there.added).toEqual(back.gone);
        expect(named(there)).toEqual(named(back));
      }
  });

  test('names what is new, what is gone, and what is mandatory when', () => {
    const { members, added, gone } = upgradeOf('2026-01', '2025-11');
    const says = 'string, up to 255 characters';
    expect(members).toContainEqual({
      of: 'request',
      member: 'kms_id',
      change: 'new',
      says: `${says}, mandatory when encrypt_type is ENCRYPTED`,
    });
    expect(members).toContainEqual({ of: 'request', member: 'order_id', change: 'gone', says });
    expect(added.map(({ id }) => id)).toContain('body/kms-id-is-required-when-encrypted');
    expect(gone.map(({ id }) => id)).toContain('billing/billed-image-needs-an-order');
  });
});
