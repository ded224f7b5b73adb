import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';

// The operation as one would write it in a hurry: a schema, two lookups, and the framework's own error answers.
const app = Fastify();
const body = {
  type: 'object',
  required: ['image_id'],
  properties: {
    image_type: { type: 'string' },
    image_id: { type: 'string' },
    os_type: { type: 'string' },
    delay_time: { type: 'integer' },
    message: { type: 'string' },
    order_id: { type: 'string' },
    is_fix: { type: 'boolean' },
  },
};

app.post('/v2/:project_id/desktop-pools/:pool_id/rebuild', { schema: { body } }, async (request, reply) => {
  if (request.headers['x-auth-token'] !== 'example-token') {
    return reply.code(401).send({ error_code: 'EX.0401', error_msg: 'Authentication failed.' });
  }
  if (request.params.pool_id !== 'pool-a' || request.body.image_id !== 'img-1') {
    return reply.code(404).send({ error_code: 'EX.0404', error_msg: 'No such pool or image.' });
  }
  return { job_id: randomUUID() };
});

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8080) });
