import { randomUUID } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

// The operation as one would write it in a hurry: the body as it comes, a few ifs, and the framework's own error answers.
const app = new Hono();

app.post('/v2/:project_id/desktop-pools/:pool_id/rebuild', async (c) => {
  if (c.req.header('X-Auth-Token') !== 'example-token') {
    return c.json({ error_code: 'EX.0401', error_msg: 'Authentication failed.' }, 401);
  }
  const body = await c.req.json();
  if (!body.image_id) {
    return c.json({ error_code: 'EX.0400', error_msg: 'image_id is missing.' }, 400);
  }
  if (c.req.param('project_id') !== 'p1' || c.req.param('pool_id') !== 'pool-a' || body.image_id !== 'img-1') {
    return c.json({ error_code: 'EX.0404', error_msg: 'No such pool or image.' }, 404);
  }
  return c.json({ job_id: randomUUID() });
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8084) });
