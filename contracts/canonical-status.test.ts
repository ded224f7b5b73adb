import { expect, test } from 'vitest';
import { canonicalStatus } from './canonical-status.ts';

const source = [
  { where: 'Request Parameters, order_id', says: 'Mandatory when billed images are used.' },
  { where: 'Status Codes, 404', says: 'No resources found.' },
];

test('the only status of a row is that of its contract', () => {
  expect(canonicalStatus({ id: 'a/b', source: [], expect: { statuses: [400] } })).toBe(400);
});

test('of several statuses it is the one that the row rests on', () => {
  expect(canonicalStatus({ id: 'a/b', source, expect: { statuses: [403, 404] } })).toBe(404);
});

test('a row that names none of its own has no contract', () => {
  expect(() => canonicalStatus({ id: 'a/b', source, expect: { statuses: [400, 403] } })).toThrow(/^a\/b /);
  expect(() => canonicalStatus({ id: 'a/b', source, expect: { statuses: ['4xx'] } })).toThrow(/^a\/b /);
});
