import { describeConformance } from 'rebuild-conformance/vitest';
import { afterAll } from 'vitest';
import { start } from './server.js';

let service;
afterAll(() => service?.stop());

describeConformance(async () => {
  service = await start();
  return {
    runs: 20,
    config: {
      target: { url: service.url, name: 'Our service' },
      auth: { token: 'example-token' },
      states: {
        'pool is ready': { project_id: 'p1', pool_id: 'pool-a', image_id: 'img-1' },
        'pool is busy': { pool_id: 'pool-b' },
        'token is expired': { token: 'example-token-expired' },
        'token lacks permission': { token: 'example-token-readonly' },
        'token is for another project': { token: 'example-token-of-p2' },
        'image is billed': { image_id: 'img-9', order_id: 'CS1' },
        'service is failing': { pool_id: 'pool-f' },
      },
    },
  };
});
