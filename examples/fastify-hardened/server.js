import Fastify from 'fastify';
import { answerOf, authorise, checkUtf8, invalid, notFound, Refusal, rebuild, tooLarge } from '../shared.js';

const text = { type: ['string', 'null'], maxLength: 255 };
const bodySchema = {
  type: 'object',
  required: ['image_id'],
  properties: {
    image_type: text,
    image_id: { type: 'string', minLength: 1, maxLength: 255 },
    os_type: text,
    delay_time: { type: ['integer', 'null'], minimum: 0, maximum: 15 },
    message: { ...text, maxLength: 400 },
    order_id: text,
    is_fix: { type: ['boolean', 'null'] },
  },
};

/** What Fastify and Ajv throw has a status of its own, which is documented only as 400, 404 and 413. */
function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error.statusCode === 413) return tooLarge();
  return error.statusCode >= 400 && error.statusCode < 500 ? invalid() : error;
}

function answer(error, _request, reply) {
  const { status, body } = answerOf(refusalOf(error));
  return reply.code(status).send(body);
}

const app = Fastify({
  ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
  frameworkErrors: answer,
});
app.setErrorHandler(answer);
app.setNotFoundHandler((request, reply) => answer(notFound(), request, reply));

app.removeAllContentTypeParsers();
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request, bytes) => {
  checkUtf8(bytes);
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw invalid();
  }
});

app.post(
  '/v2/:project_id/desktop-pools/:pool_id/rebuild',
  {
    schema: { body: bodySchema },
    onRequest: async (request) => authorise(request.headers['x-auth-token'], request.params.project_id),
  },
  async (request) => rebuild(request.params.pool_id, request.body),
);

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8081) });
