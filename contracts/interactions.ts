/** One interaction of the contract: what a consumer sends in a state, and what it needs back. */
export interface ContractRow {
  requirement: string;
  /** A name of specs/requirement.ts, passed to the provider as its state. */
  state: string;
  title: string;
  method: 'POST';
  /** Example values; those that only the target's owner knows are replaced by values of the provider state. */
  body?: object;
  /** `valid` and `configured` both come from the provider state; `absent` sends no credential. */
  token: 'valid' | 'absent' | 'configured';
  /** The image is one that the target does not have: its id is not taken from the provider state. */
  unknownImage?: true;
  expectStatus: number;
  expectBody: 'accepted' | 'error';
}

export const consumerName = 'desktop-pool-client';
export const providerName = 'rebuild-desktop-pool';

/** Examples of the values that a provider state may give. A body field of the same name stands for the state's value. */
export const exampleValues = {
  project_id: '5b7d3f0c2e9a4c81b6d0f4a7e2c19385',
  pool_id: 'pool-example',
  image_id: 'image-example',
  image_type: 'private',
  os_type: 'Windows',
  order_id: 'order-example',
  token: 'token-example',
} as const;

const { image_id, image_type, os_type, order_id } = exampleValues;

type Row = Omit<ContractRow, 'method' | 'token' | 'expectBody'> & { token?: ContractRow['token'] };

function row(values: Row): ContractRow {
  return {
    method: 'POST',
    token: 'valid',
    ...values,
    expectBody: values.expectStatus === 200 ? 'accepted' : 'error',
  };
}

export const contractRows: readonly ContractRow[] = [
  row({
    requirement: 'body/minimal-is-accepted',
    state: 'pool is ready',
    title: 'a rebuild with nothing but an image id',
    body: { image_id },
    expectStatus: 200,
  }),
  row({
    requirement: 'body/full-is-accepted',
    state: 'pool is ready',
    title: 'a rebuild with every field',
    body: {
      image_type,
      image_id,
      os_type,
      delay_time: 5,
      message: 'Please save your work.',
      order_id,
      is_fix: false,
    },
    expectStatus: 200,
  }),
  row({
    requirement: 'body/image-id-is-required',
    state: 'pool is ready',
    title: 'a rebuild without an image id',
    body: { image_type },
    expectStatus: 400,
  }),
  row({
    requirement: 'credentials/absent-is-unauthorised',
    state: 'pool is ready',
    title: 'a rebuild without a credential',
    body: { image_id },
    token: 'absent',
    expectStatus: 401,
  }),
  row({
    requirement: 'credentials/expired-is-unauthorised',
    state: 'token is expired',
    title: 'a rebuild with an expired token',
    body: { image_id },
    token: 'configured',
    expectStatus: 401,
  }),
  row({
    requirement: 'credentials/no-permission-is-refused',
    state: 'token lacks permission',
    title: 'a rebuild with a token that lacks the permission',
    body: { image_id },
    token: 'configured',
    expectStatus: 403,
  }),
  row({
    requirement: 'path/unknown-pool-is-not-found',
    state: 'pool does not exist',
    title: 'a rebuild of a pool that does not exist',
    body: { image_id },
    expectStatus: 404,
  }),
  row({
    requirement: 'state/busy-pool-is-a-conflict',
    state: 'pool is busy',
    title: 'a rebuild of a pool that is busy',
    body: { image_id },
    expectStatus: 409,
  }),
  row({
    requirement: 'billing/billed-image-needs-an-order',
    state: 'image is billed',
    title: 'a rebuild with a billed image and no order',
    body: { image_id },
    expectStatus: 400,
  }),
  row({
    requirement: 'billing/billed-image-with-its-order-is-accepted',
    state: 'image is billed',
    title: 'a rebuild with a billed image and its order',
    body: { image_id, order_id },
    expectStatus: 200,
  }),
  row({
    requirement: 'body/delay-time-type-is-integer',
    state: 'pool is ready',
    title: 'a rebuild with a delay that is a word',
    body: { image_id, delay_time: 'soon' },
    expectStatus: 400,
  }),
  row({
    requirement: 'body/is-fix-type-is-boolean',
    state: 'pool is ready',
    title: 'a rebuild with a repair flag that is a word',
    body: { image_id, is_fix: 'maybe' },
    expectStatus: 400,
  }),
  row({
    requirement: 'failure/internal-error-has-the-documented-shape',
    state: 'service is failing',
    title: 'a rebuild while the service is failing',
    body: { image_id },
    expectStatus: 500,
  }),
];
