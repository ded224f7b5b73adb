import { serve } from '@hono/node-server';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import schema from 'rebuild-conformance/rebuild-request.schema.json' with { type: 'json' };
import { answerOf, authorise, checkUtf8, invalid, notFound, rebuild, tooLarge, wrongMethod } from '../shared.js';

const isValid = new Ajv2020({ strict: false }).compile(schema);
const path = '/v2/:project_id/desktop-pools/:pool_id/rebuild';
const limit = bodyLimit({
  maxSize: 1024 * 1024,
  onError: () => {
    throw tooLarge();
  },
});

async function bodyOf(request) {
  const bytes = await request.arrayBuffer();
  checkUtf8(bytes);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw invalid();
  }
}

function answer(c, error) {
  const { status, body } = answerOf(error);
  return c.json(body, status);
}

const app = new Hono();
app.post(path, limit, async (c) => {
  authorise(c.req.header('X-Auth-Token'), c.req.param('project_id'));
  const body = await bodyOf(c.req);
  if (!isValid(body)) throw invalid();
  return c.json(rebuild(c.req.param('pool_id'), body));
});
app.all(path, () => {
  throw wrongMethod();
});
app.notFound((c) => answer(c, notFound()));
app.onError((error, c) => answer(c, error));

/** Starts the service on a free port of loopback; resolves to its URL and what stops it. */
export function start() {
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
      resolve({ url: `http://127.0.0.1:${port}`, stop: () => server.close() });
    });
  });
}
