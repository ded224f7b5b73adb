import { badRequest } from '../answers.ts';
import { type Check, type Exchange, fieldOf, fieldsOf, type Maybe } from '../checks.ts';
import type { Fault } from '../fault.ts';
import { crash, fault, havingField, isAcceptance, rewriting } from './tools.ts';

const encrypted = havingField('kms_id');
const desktops = havingField('desktop_ids');

/** Defects in what some editions have and the default one has not. */
export const editionFaults: readonly Fault[] = [
  fault(
    'encrypts-without-key',
    'ENCRYPTED without kms_id is accepted.',
    ['body/kms-id-is-required-when-encrypted'],
    {
      checks: {
        conditions: (x, correct) => (fieldOf(x, 'kms_id') === undefined ? undefined : correct(x)),
        key: (x, correct) => (fieldOf(x, 'kms_id') === undefined ? undefined : correct(x)),
      },
    },
    encrypted,
  ),
  fault(
    'encrypts-with-empty-key',
    'ENCRYPTED with an empty kms_id is accepted.',
    ['body/kms-id-is-not-empty-when-encrypted'],
    {
      checks: {
        conditions: (x, correct) => (fieldOf(x, 'kms_id') === '' ? undefined : correct(x)),
        key: (x, correct) => (fieldOf(x, 'kms_id') === '' ? undefined : correct(x)),
      },
    },
    encrypted,
  ),
  fault(
    'knows-no-encryption',
    'encrypt_type UNENCRYPTED is refused.',
    ['body/documented-values-are-accepted'],
    {
      checks: {
        conditions: (x, correct) => (fieldOf(x, 'encrypt_type') === 'UNENCRYPTED' ? badRequest() : correct(x)),
      },
    },
    encrypted,
  ),
  fault(
    'rebuilds-no-idle-desktops',
    'handle_type FOR_EXPAND_AND_IDLE is refused.',
    ['body/documented-values-are-accepted'],
    {
      checks: {
        conditions: (x, correct) => (fieldOf(x, 'handle_type') === 'FOR_EXPAND_AND_IDLE' ? badRequest() : correct(x)),
      },
    },
    havingField('handle_type'),
  ),
  fault(
    'reads-values-in-any-case',
    'handle_type is read in any case.',
    ['body/handle-type-value-is-documented'],
    {
      checks: {
        'range handle_type': (x, correct) =>
          /^only_for_expand$/i.test(String(fieldOf(x, 'handle_type'))) ? undefined : correct(x),
      },
    },
    havingField('handle_type'),
  ),
  fault(
    'refuses-empty-list',
    'An empty desktop_ids is refused.',
    ['body/empty-list-is-accepted'],
    {
      checks: {
        desktops: (x, correct) => {
          const ids = fieldOf(x, 'desktop_ids');
          return Array.isArray(ids) && ids.length === 0 ? badRequest() : correct(x);
        },
      },
    },
    desktops,
  ),
  fault(
    'refuses-several-desktops',
    'More than one of desktop_ids is refused.',
    ['body/optional-fields-combine'],
    {
      checks: {
        desktops: (x, correct) => {
          const ids = fieldOf(x, 'desktop_ids');
          return Array.isArray(ids) && ids.length === 2 && ids[0] !== ids[1] ? badRequest() : correct(x);
        },
      },
    },
    desktops,
  ),
  fault(
    'looks-at-the-first-desktop-alone',
    'Only the first of desktop_ids is looked at.',
    ['body/desktop-ids-type-is-array', 'body/desktop-ids-is-not-coerced', 'body/desktop-ids-item-range-is-kept'],
    {
      checks: {
        'type desktop_ids': byFirst,
        'range desktop_ids': byFirst,
        desktops: byFirst,
      },
    },
    desktops,
  ),
  fault(
    'skips-long-desktop-ids',
    'An id in desktop_ids that is too long is skipped.',
    ['body/desktop-ids-item-range-is-kept'],
    {
      checks: {
        'range desktop_ids': (x, correct) => (hasLongId(fieldOf(x, 'desktop_ids')) ? undefined : correct(x)),
        desktops: (x, correct) => (hasLongId(fieldOf(x, 'desktop_ids')) ? undefined : correct(x)),
      },
    },
    desktops,
  ),
  fault(
    'crashes-on-repeated-desktop',
    'A desktop that is named twice is a server error.',
    ['body/desktop-ids-repeated-is-accepted-or-rejected', 'answers/client-fault-is-no-server-error'],
    {
      checks: {
        'range desktop_ids': (x, correct) => {
          const ids = fieldsOf(x)['desktop_ids'];
          return Array.isArray(ids) && new Set(ids).size < ids.length ? crash() : correct(x);
        },
      },
    },
    desktops,
  ),
  fault(
    'tells-times-as-text',
    'max_provision_time of an acceptance is a string.',
    ['answers/acceptance-fields-have-their-types'],
    rewriting(isAcceptance, (body) => ({ ...body, max_provision_time: '3600' })),
    { needs: { edition: '2024-11' } },
  ),
];

function hasLongId(ids: unknown): boolean {
  return Array.isArray(ids) && ids.some((id) => typeof id === 'string' && id.length > 255);
}

/** A check that sees the first of desktop_ids alone, but for how many there are. */
function byFirst(x: Exchange, correct: Check): Maybe {
  const ids = fieldOf(x, 'desktop_ids');
  if (!Array.isArray(ids) || ids.length > 1000) return correct(x);
  return correct({ ...x, value: { ...fieldsOf(x), desktop_ids: ids.slice(0, 1) } });
}
