import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import { answerOf, authorise, checkUtf8, invalid, notFound, rebuild, tooLarge, wrongMethod } from '../shared.js';

const text = z.string().max(255).nullish();
const bodySchema = z.object({
  image_id: z.string().min(1).max(255),
  image_type: text,
  os_type: text,
  delay_time: z.int().min(0).max(15).nullish(),
  message: z.string().max(400).nullish(),
  order_id: text,
  is_fix: z.boolean().nullish(),
});

const app = new Hono();
const path = '/v2/:project_id/desktop-pools/:pool_id/rebuild';
const limit = bodyLimit({
  maxSize: 1024 * 1024,
  onError: () => {
    throw tooLarge();
  },
});

/** The body as JSON; Hono's own error for malformed JSON would become a 500. */
async function jsonOf(request) {
  const bytes = await request.arrayBuffer();
  checkUtf8(bytes);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw invalid();
  }
}

app.post(
  path,
  async (c, next) => {
    authorise(c.req.header('X-Auth-Token'), c.req.param('project_id'));
    await next();
  },
  limit,
  async (c) => {
    const { success, data } = bodySchema.safeParse(await jsonOf(c.req));
    if (!success) throw invalid();
    return c.json(rebuild(c.req.param('pool_id'), data));
  },
);
app.all(path, () => {
  throw wrongMethod();
});

app.notFound((c) => {
  const { status, body } = answerOf(notFound());
  return c.json(body, status);
});
app.onError((error, c) => {
  const { status, body } = answerOf(error);
  return c.json(body, status);
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8085) });
