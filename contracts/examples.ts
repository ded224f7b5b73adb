import type { Fixture } from '../generators/model.ts';

export const consumerName = 'desktop-pool-client';
export const providerName = 'rebuild-desktop-pool';

/** Stand-ins, in the committed pact, for the values that a provider state gives when the pact is verified. */
export const exampleFixture = {
  project_id: '5b7d3f0c2e9a4c81b6d0f4a7e2c19385',
  pool_id: 'pool-example',
  image_id: 'image-example',
  image_type: 'private',
  os_type: 'Windows',
  order_id: 'order-example',
} as const satisfies Fixture;

/** Stands for the credential, which no pact and no verifier ever sees. */
export const exampleToken = 'token-example';
